/** Thumbnails of pictures that a figure shows in several places: each is read once. */
import { type PictureLike, type Thumbnail, thumbnails } from "./thumbnail.js";

/** @returns finds a picture's thumbnail; nothing for one that cannot be read or was not among `pictures` */
export async function thumbnailPool(
  pictures: readonly (PictureLike | undefined)[],
  side: number,
): Promise<(picture: PictureLike | undefined) => Thumbnail | undefined> {
  const unique = [...new Map(pictures.map((picture) => [picture?.source, picture])).values()];
  const drawn = await thumbnails(unique, side);
  const bySource = new Map(unique.map((picture, i) => [picture?.source, drawn[i]]));
  return (picture) => picture && bySource.get(picture.source);
}
