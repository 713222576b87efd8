/** A folder of pictures as vectors: one row a picture, labelled by the folder it lies in. */
import { ArgumentError } from "../errors.js";
import { folderLabel, listImages } from "../image/list.js";
import type { Fit } from "../image/transform.js";
import type { ExtractOptions, Model } from "../model/model.js";
import type { Pooling } from "../model/pooling.js";
import type { Matrix } from "../numeric/matrix.js";
import type { FailedPicture, Picture } from "../picture.js";

/** Row i of `vectors` is `pictures[i]`, which lies in the folder `labels[i]`. */
export interface Embeddings {
  /** [pictures, dim], as the model or `pooling` gives them, not normalised */
  vectors: Matrix;
  pictures: Picture[];
  labels: string[];
  /** the files that could not be read, with the reason; folders that could not, with the index -1 */
  failed: FailedPicture[];
  modelName: string;
  /** height and width of the network's input in pixels; together with `fit` and `pooling`, how query pictures must be read too */
  size: readonly [height: number, width: number];
  fit?: Fit;
  pooling?: Pooling;
}

export interface EmbedFolderOptions
  extends Omit<ExtractOptions, "onError" | "clsOnly" | "layers" | "layerNorm" | "attention"> {
  readonly model: Model;
}

/**
 * Embeds every picture in a folder and the folders below it. Bad files are reported in `failed` and left out.
 *
 * @throws FileError when the folder is missing or holds no picture; the first file's error when none can be read
 */
export async function embedFolder(folder: string, options: EmbedFolderOptions): Promise<Embeddings> {
  if (typeof options?.model?.extract !== "function")
    throw new ArgumentError("model", "is missing: give what loadModel returned");
  const { model, ...rest } = options;
  const unreadable: FailedPicture[] = [];
  const paths = await listImages(folder, {
    onUnreadable: (error) => unreadable.push({ index: -1, name: error.path, error }),
  });
  const features = await model.extract(paths, { ...rest, onError: "skip", clsOnly: true });
  return {
    vectors: features.pooled ?? features.cls,
    pictures: features.pictures,
    labels: features.pictures.map((picture) => folderLabel(folder, picture.name)),
    failed: [...unreadable, ...features.failed],
    modelName: model.name,
    size: features.inputSize,
    ...(options.fit === undefined ? {} : { fit: options.fit }),
    ...(options.pooling === undefined ? {} : { pooling: options.pooling }),
  };
}
