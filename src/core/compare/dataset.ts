/** Labelled pictures that a comparison is about. */
import { ArgumentError } from "../errors.js";
import { folderLabel, listImages } from "../image/list.js";
import { pictureName } from "../image/preprocess.js";
import type { NamedImage } from "../model/model.js";
import { checkOnePerRow } from "../numeric/matrix.js";
import type { FailedPicture, ImageSource } from "../picture.js";

export interface Dataset {
  /** paths, file bytes, pixels, or picture records */
  readonly pictures: readonly (ImageSource | NamedImage)[];
  /** what each shows, one a picture */
  readonly labels: readonly string[];
}

export interface LabelledImages {
  images: NamedImage[];
  labels: readonly string[];
  /** folders that could not be read, with the index -1 */
  failed: FailedPicture[];
}

/**
 * The pictures of a dataset by name.
 *
 * @param dataset a record, or a folder with one folder of pictures a class
 * @throws FileError when the folder is missing or holds no picture; ShapeError when there is not one label a picture;
 *   ArgumentError when two pictures have one name
 */
export async function labelledImages(dataset: string | Dataset): Promise<LabelledImages> {
  const failed: FailedPicture[] = [];
  if (typeof dataset === "string") {
    const onUnreadable: NonNullable<Parameters<typeof listImages>[1]>["onUnreadable"] = (error) =>
      failed.push({ index: -1, name: error.path, error });
    const paths = await listImages(dataset, { onUnreadable });
    return {
      images: paths.map((path) => ({ name: path, source: path })),
      labels: paths.map((path) => folderLabel(dataset, path)),
      failed,
    };
  }
  const { pictures, labels } = dataset;
  if (!Array.isArray(pictures) || pictures.length === 0)
    throw new ArgumentError("pictures", "is empty: give pictures and a label for each, or a folder");
  checkOnePerRow({ labels }, pictures.length, "pictures");
  const images = pictures.map((picture, i) => named(picture, i));
  const names = new Set<string>();
  for (const { name } of images) {
    if (names.has(name))
      throw new ArgumentError("pictures", `has "${name}" twice: a picture that trains and is tested is no test`);
    names.add(name);
  }
  return { images, labels, failed };
}

function named(picture: ImageSource | NamedImage, i: number): NamedImage {
  if (typeof picture === "object" && "source" in picture) return { name: picture.name, source: picture.source };
  return { name: pictureName(picture, i), source: picture };
}
