/** Thumbnails of pictures that figures show in several places: each is read once. */
import { type PictureLike, type Thumbnail, thumbnails } from "./thumbnail.js";

export type ThumbnailOf = (picture: PictureLike | undefined) => Thumbnail | undefined;

/** Reads those of the pictures that it has not yet, and finds thumbnails: none of a picture that cannot be read. */
export type PicturePool = (pictures: readonly (PictureLike | undefined)[]) => Promise<ThumbnailOf>;

/** @param side pixels that a thumbnail is wide and high at most */
export function picturePool(side: number): PicturePool {
  const bySource = new Map<PictureLike["source"], Thumbnail | undefined>();
  const find: ThumbnailOf = (picture) => picture && bySource.get(picture.source);
  return async (pictures) => {
    const wanted = new Map(
      pictures.flatMap((picture) => (picture && !bySource.has(picture.source) ? [[picture.source, picture]] : [])),
    );
    const drawn = await thumbnails([...wanted.values()], side);
    [...wanted.keys()].forEach((source, i) => {
      bySource.set(source, drawn[i]);
    });
    return find;
  };
}

/** Pixels of thumbnails in grids of many, which are shown about two thirds as large. */
export const gridSide = 160;
