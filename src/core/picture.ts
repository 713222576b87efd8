/** What the project knows of a picture: where its pixels come from and which part of it a model saw. */

/** Decoded pixels: RGB, 8 bits a channel, row by row from the top left. */
export interface RawImage {
  data: Uint8Array;
  width: number;
  height: number;
}

/** A path, an encoded file's bytes (JPEG, PNG, WebP, …) or pixels. */
export type ImageSource = string | Uint8Array | RawImage;

/** A rectangle in pixels of the upright picture. Under letterbox it reaches past the picture's borders. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Picture {
  /** the path, or a name made up for pixels that came without one */
  name: string;
  source: ImageSource;
  /** size in pixels after the EXIF orientation was applied */
  width: number;
  height: number;
  /** the part that the model saw */
  view: Region;
}

/** A picture of a set that could not be used, while the others went on. */
export interface FailedPicture {
  /** its place in the list that was given */
  index: number;
  name: string;
  error: Error;
}
