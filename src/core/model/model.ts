/** What every model offers, whatever its family. */
import type { DecodeOptions } from "../image/decode.js";
import type { Fit, Transform } from "../image/transform.js";
import type { Matrix, Patches } from "../numeric/matrix.js";
import type { FailedPicture, ImageSource, Picture } from "../picture.js";
import type { Tensor } from "../runtime/tensor.js";

/** A batch of normalised pictures, as a network takes them. */
export interface PixelTensor {
  /** n x 3 x height x width numbers */
  data: Float32Array;
  dims: readonly [n: number, channels: 3, height: number, width: number];
}

/** What a model computes from a batch of pictures. */
export interface ModelOutput {
  /** one row an image: the class token after the last norm, or the pooled map of a convolutional network */
  cls: Matrix;
  /** one record an image: the patch tokens after the last norm, or the cells of a convolutional network's map */
  patches: Patches[];
  /** [n, tokens, dim] after the embedding and after each block, before the last norm; on request, transformers only */
  hiddenStates?: Tensor<Float32Array>[];
  /** [n, heads, tokens, tokens], the last block's attention weights; on request, transformers only */
  attention?: Tensor<Float32Array>;
}

export interface ForwardOptions {
  /** leave `patches` empty, to save memory when only `cls` is wanted @default false */
  readonly clsOnly?: boolean;
  /** also return `hiddenStates` @default false */
  readonly hiddenStates?: boolean;
  /** also return `attention` @default false */
  readonly attention?: boolean;
  /** drops the run if it has not started yet */
  readonly signal?: AbortSignal;
}

/** A family's network, ready to run: what a model adds to it is the way from pictures to tensors. */
export interface Network {
  readonly family: string;
  readonly dim: number;
  readonly patchDim: number;
  readonly patchSize: number;
  forward(pixels: PixelTensor, options?: ForwardOptions): Promise<ModelOutput>;
  close(): Promise<void>;
}

/** How a network is run. */
export interface NetworkOptions {
  /** threads for one run @default the cores of the machine */
  readonly threads?: number;
  /** where to run, in order of preference: "cpu", "cuda", "webgpu", "coreml", "dml" @default ["cpu"] */
  readonly executionProviders?: readonly string[];
  /** how position embeddings are brought to other sizes (transformers only) @default "upstream" */
  readonly positionRule?: "upstream" | "transformers";
  /** "fused" attention and GELU operators, or "plain" ones, slower, for comparison @default "fused" */
  readonly operators?: "fused" | "plain";
}

/** What `extract` returns: the model's output with the pictures it belongs to. */
export interface Features extends Pick<ModelOutput, "cls" | "patches"> {
  /** row i of `cls` and entry i of `patches` belong to `pictures[i]` */
  pictures: Picture[];
  /** height and width of the network's input in pixels */
  inputSize: readonly [height: number, width: number];
  /** the pictures that could not be used; empty unless `onError` is "skip" */
  failed: FailedPicture[];
  /** one an image, [heads, tokens, tokens]: the last block's attention weights; on request, transformers only */
  attentions?: Tensor<Float32Array>[];
}

export interface ExtractOptions extends Pick<DecodeOptions, "maxPixels" | "background"> {
  /** height and width of the network's input in pixels, or [height, width] @default the model's own, such as 224 */
  readonly size?: number | readonly [height: number, width: number];
  /** how a picture is brought to that size @default the model's own, usually "crop" */
  readonly fit?: Fit;
  /** pictures that run through the network together @default by size, so that activations stay near 300 MB */
  readonly batchSize?: number;
  /** "throw" at the first bad picture, or "skip" it and report it in `failed` @default "throw" */
  readonly onError?: "throw" | "skip";
  /** leave `patches` empty, to save memory when only `cls` is wanted @default false */
  readonly clsOnly?: boolean;
  /** also return `attentions`, the last block's attention weights (transformers only) @default false */
  readonly attention?: boolean;
  /** stops between batches */
  readonly signal?: AbortSignal;
  /** called after each batch */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A loaded model. Close it to free its memory; `await using` does so too. */
export interface Model extends AsyncDisposable {
  readonly name: string;
  /** the `model_type` of its configuration, such as "dinov2" */
  readonly family: string;
  /** numbers in a row of `cls` */
  readonly dim: number;
  /** numbers a patch */
  readonly patchDim: number;
  /** pixels between neighbouring patches; sizes are rounded to a multiple of it */
  readonly patchSize: number;
  /** how pictures are prepared unless `extract` is told otherwise */
  readonly transform: Transform;
  /**
   * Runs the network on a tensor that is ready.
   *
   * @throws ShapeError when the numbers do not fill the sizes or a side is no multiple of `patchSize`
   * @throws NotFiniteError for NaN or an infinity
   */
  forward(pixels: PixelTensor, options?: ForwardOptions): Promise<ModelOutput>;
  /** decodes, resizes, normalises and runs the network */
  extract(images: readonly ImageSource[], options?: ExtractOptions): Promise<Features>;
  close(): Promise<void>;
}
