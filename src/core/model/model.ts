/** What every model offers, whatever its family. */
import type { DecodeOptions } from "../image/decode.js";
import type { Fit, Transform, Triple } from "../image/transform.js";
import type { Matrix, Patches } from "../numeric/matrix.js";
import type { FailedPicture, ImageSource, Picture } from "../picture.js";
import type { Tensor } from "../runtime/tensor.js";
import type { InputConvention } from "./onnx/preparation.js";
import type { Pooling } from "./pooling.js";

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
  /** [n, registers, dim] after the last norm; families with register tokens only */
  registers?: Tensor<Float32Array>;
  /** one entry a block of `layers`; on request, transformers only */
  layers?: LayerOutput[];
  /** [n, tokens, dim] after the embedding and after each block, before the last norm; on request, transformers only */
  hiddenStates?: Tensor<Float32Array>[];
  /** one record an image; on request, transformers only */
  attention?: Attention[];
}

/** The tokens after one block. */
export interface LayerOutput {
  /** counted from 0 */
  layer: number;
  /** whether they went through the last norm */
  normalised: boolean;
  cls: Matrix;
  patches: Patches[];
}

/** Attention weights of one image: how much of each token a token takes, head by head; each row adds up to 1. */
export interface Attention {
  /** heads x from x tokens numbers */
  data: Float32Array;
  heads: number;
  /** tokens whose attention it is */
  from: number;
  /** tokens that are attended to: first `prefix` others (class token, registers), then rows x cols patches */
  tokens: number;
  prefix: number;
  rows: number;
  cols: number;
  /** the block, counted from 0 */
  layer: number;
  /** which tokens those are, as they were asked for, where known */
  whose?: AttentionRequest["from"];
  /** the picture, the model and its input size, where known */
  picture?: Picture;
  modelName?: string;
  inputSize?: readonly [height: number, width: number];
}

/** A patch by its row and column, or a register token, all counted from 0. */
export type TokenPlace = readonly [row: number, column: number] | { readonly register: number };

/** Which attention weights are wanted. */
export interface AttentionRequest {
  /**
   * whose: the class token's, every token's (at 518 pixels 45 MB an image with a ViT-S, 180 MB with a ViT-g), or those
   * of the patches at these places and of these registers @default "cls"
   */
  readonly from?: "cls" | "all" | readonly TokenPlace[];
  /** the block, counted from 0 @default the last */
  readonly layer?: number;
}

export interface ForwardOptions {
  /** leave `patches` empty, to save memory when only `cls` is wanted @default false */
  readonly clsOnly?: boolean;
  /** also return the tokens after these blocks, counted from 0, or after the last n (transformers only) */
  readonly layers?: number | readonly number[];
  /** whether the tokens of `layers` go through the last norm, as DINOv2's `get_intermediate_layers` has it @default true */
  readonly layerNorm?: boolean;
  /** also return `hiddenStates` (transformers only) @default false */
  readonly hiddenStates?: boolean;
  /** also return `attention`; true stands for the class token's in the last block (transformers only) @default false */
  readonly attention?: boolean | AttentionRequest;
  /** drops the run if it has not started yet */
  readonly signal?: AbortSignal;
}

/** A family's network, ready to run: what a model adds to it is the way from pictures to tensors. */
export interface Network {
  readonly family: string;
  readonly dim: number;
  /** 0 where there are no patches */
  readonly patchDim: number;
  /** 1 where there are no patches */
  readonly patchSize: number;
  /** whether a batch takes longer than its pictures one by one */
  readonly singly: boolean;
  /** what config.json says of it, as far as it decides what is computed */
  readonly configuration: object;
  /** the files that hold the weights */
  readonly weightFiles: readonly string[];
  /** what the network's file says of its input, where it says anything */
  readonly convention?: InputConvention;
  forward(pixels: PixelTensor, options?: ForwardOptions): Promise<ModelOutput>;
  close(): Promise<void>;
}

/** How a network is run. */
export interface NetworkOptions {
  /** threads for one run @default the machine's physical cores */
  readonly threads?: number;
  /** where to run, in order of preference: "cpu", "cuda", "webgpu", "coreml", "dml" @default ["cpu"] */
  readonly executionProviders?: readonly string[];
  /**
   * "int8" makes the products of whole numbers, faster and in a quarter of the memory, a little off (transformers
   * only): the weights are quantised once and kept beside the model @default "fp32"
   */
  readonly precision?: "fp32" | "int8";
  /** how position embeddings are brought to other sizes (transformers only) @default "upstream" */
  readonly positionRule?: "upstream" | "transformers";
  /** "fused" attention and GELU operators, or "plain" ones, slower, for comparison @default "fused" */
  readonly operators?: "fused" | "plain";
}

/** What `extract` returns: the model's output with the pictures it belongs to. */
export interface Features extends Pick<ModelOutput, "cls" | "patches" | "registers"> {
  /** row i of `cls` and entry i of `patches` belong to `pictures[i]` */
  pictures: Picture[];
  /** height and width of the network's input in pixels */
  inputSize: readonly [height: number, width: number];
  /** the pictures that could not be used; empty unless `onError` is "skip" */
  failed: FailedPicture[];
  /** one entry a block of `layers`, rows and records as in `cls` and `patches`; on request, transformers only */
  layers?: LayerOutput[];
  /** one record an image; on request, transformers only */
  attentions?: Attention[];
  /** one row an image: what `pooling` made of its tokens; on request */
  pooled?: Matrix;
}

export interface ExtractOptions
  extends Pick<DecodeOptions, "maxPixels" | "background">,
    Pick<ForwardOptions, "clsOnly" | "layers" | "layerNorm" | "attention"> {
  /** height and width of the network's input in pixels, or [height, width] @default the model's own, such as 224 */
  readonly size?: number | readonly [height: number, width: number];
  /** how a picture is brought to that size @default the model's own, usually "crop" */
  readonly fit?: Fit;
  /**
   * also return `pooled`, one vector an image as `poolTokens` makes it; with `clsOnly`, patches that it needs are
   * dropped batch by batch
   */
  readonly pooling?: Pooling;
  /**
   * pictures that run through the network together @default as measured on a ViT-S/14: 8 at 224 pixels and fewer at
   * larger sizes, so that activations stay near 200 MB; a vision transformer on one thread takes them one by one, which
   * is 9 % faster
   */
  readonly batchSize?: number;
  /** "throw" at the first bad picture, or "skip" it and report it in `failed` @default "throw" */
  readonly onError?: "throw" | "skip";
  /** stops between batches */
  readonly signal?: AbortSignal;
  /** called after each batch */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A picture with the name that results and errors call it by. */
export type NamedImage = Pick<Picture, "name" | "source">;

/** What `stream` takes. */
export type StreamedImage = ImageSource | NamedImage;

export type StreamOptions = Omit<ExtractOptions, "onProgress">;

/** What a network's own first operators make of each channel of its input: (x - mean) / std. */
export interface OwnNormalisation {
  readonly mean: Triple;
  readonly std: Triple;
}

/** A loaded model. Close it to free its memory; `await using` does so too. */
export interface Model extends AsyncDisposable {
  readonly name: string;
  /** what `loadModel` opens it by: the name that it was given, or the whole path of the folder or the ONNX file */
  readonly source: string;
  /** the `model_type` of its configuration, such as "dinov2"; "onnx" for an ONNX file without one */
  readonly family: string;
  /** numbers in a row of `cls` */
  readonly dim: number;
  /** numbers a patch; 0 for a network without a map, whose `patches` stay empty */
  readonly patchDim: number;
  /** pixels between neighbouring patches; sizes are rounded to a multiple of it; 1 for a network without a map */
  readonly patchSize: number;
  /** how pictures are prepared unless `extract` is told otherwise */
  readonly transform: Transform;
  /** whether the model came without a preprocessor_config.json, so that `transform` is the usual one for ImageNet */
  readonly transformAssumed: boolean;
  /** what the network itself takes out of its input, which `transform` then leaves to it; ONNX files only, where they do */
  readonly ownNormalisation?: OwnNormalisation;
  /**
   * Runs the network on a tensor that is ready.
   *
   * @throws ShapeError when the numbers do not fill the sizes or a side is no multiple of `patchSize`
   * @throws NotFiniteError for NaN or an infinity
   */
  forward(pixels: PixelTensor, options?: ForwardOptions): Promise<ModelOutput>;
  /** decodes, resizes, normalises and runs the network */
  extract(images: readonly ImageSource[], options?: ExtractOptions): Promise<Features>;
  /** `extract` batch by batch, for any number of pictures; with "skip", a batch may hold no picture that could be read */
  stream(
    images: Iterable<StreamedImage> | AsyncIterable<StreamedImage>,
    options?: StreamOptions,
  ): AsyncGenerator<Features, void, void>;
  /**
   * SHA-256 of the weights and of all that decides, beside a picture's pixels, which vectors come out: models with the
   * same fingerprint give the same vectors. The files are read once.
   */
  fingerprint(): Promise<string>;
  close(): Promise<void>;
}
