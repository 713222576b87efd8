/** A vision transformer over a model folder: opens its weights, keeps its positions, runs its graph. */
import { join } from "node:path";
import type { Matrix, Patches } from "../numeric/matrix.js";
import { openRuntime, type Runtime, type Session } from "../runtime/runtime.js";
import type { Tensor } from "../runtime/tensor.js";
import { dinov2Names, dinov2Positions, readDinov2Config } from "./dinov2.js";
import type { ForwardOptions, ModelOutput, Network, NetworkOptions, PixelTensor } from "./model.js";
import { checkPixels } from "./pixels.js";
import { resizePositions } from "./positions.js";
import { readTensor } from "./safetensors.js";
import { type VitConfig, type VitGraphOptions, vitGraph } from "./vit-graph.js";
import { checkTensor, openWeights, type Weights } from "./weights.js";

/**
 * Opens a DINOv2 folder: config.json and model.safetensors.
 *
 * @throws FileError, CheckpointError when the folder does not hold what the family needs
 */
export async function openDinov2(folder: string, options: NetworkOptions = {}): Promise<Network> {
  const config = await readDinov2Config(folder);
  const weights = await openWeights(join(folder, "model.safetensors"));
  checkTensor(weights, dinov2Positions, [1, 1 + config.grid ** 2, config.hiddenSize]);
  const positions = await readTensor(weights.header, dinov2Positions);
  const network = new VitNetwork(config, weights, positions, options);
  await network.open();
  return network;
}

/** Resized position embeddings that are kept; those of a ViT-g at 518 pixels take 8 MB. */
const gridsKept = 16;

type Extras = Pick<VitGraphOptions, "hiddenStates" | "lastAttention">;

class VitNetwork implements Network {
  readonly family = "dinov2";
  readonly dim: number;
  readonly patchDim: number;
  readonly patchSize: number;
  readonly #config: VitConfig;
  readonly #weights: Weights;
  readonly #positions: Float32Array;
  readonly #options: NetworkOptions;
  readonly #runtime: Runtime = openRuntime();
  /** one session for each set of extra outputs that was asked for */
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #resized = new Map<string, Tensor<Float32Array>>();

  constructor(config: VitConfig, weights: Weights, positions: Float32Array, options: NetworkOptions) {
    this.dim = this.patchDim = config.hiddenSize;
    this.patchSize = config.patchSize;
    this.#config = config;
    this.#weights = weights;
    this.#positions = positions;
    this.#options = options;
  }

  async open(): Promise<void> {
    try {
      await this.#session({});
    } catch (error) {
      await this.#runtime.close();
      throw error;
    }
  }

  async forward(pixels: PixelTensor, options: ForwardOptions = {}): Promise<ModelOutput> {
    checkPixels(pixels, this.patchSize);
    const [, , h, w] = pixels.dims;
    const [rows, cols] = [h / this.patchSize, w / this.patchSize];
    const session = await this.#session({ hiddenStates: options.hiddenStates, lastAttention: options.attention });
    const feeds = { pixel_values: pixels, positions: this.#positionsAt(rows, cols) };
    const out = (await session.run(feeds, { signal: options.signal })) as Record<string, Tensor<Float32Array>>;
    return {
      cls: clsTokens(out.tokens),
      patches: options.clsOnly ? [] : patchTokens(out.tokens, rows, cols),
      ...(options.hiddenStates ? { hiddenStates: this.#hiddenStates(out) } : {}),
      ...(options.attention ? { attention: out.attention } : {}),
    };
  }

  close(): Promise<void> {
    return this.#runtime.close();
  }

  #session(extras: Extras): Promise<Session> {
    const key = `${extras.hiddenStates === true} ${extras.lastAttention === true}`;
    let session = this.#sessions.get(key);
    if (!session) {
      const graph = vitGraph(this.#config, dinov2Names(this.#config), this.#weights, {
        attention: this.#options.operators,
        ...extras,
      });
      session = this.#runtime.open(graph, { ...this.#options, weightsFolder: this.#weights.folder });
      this.#sessions.set(key, session);
      session.catch(() => this.#sessions.delete(key));
    }
    return session;
  }

  #hiddenStates(out: Record<string, Tensor<Float32Array>>): Tensor<Float32Array>[] {
    return Array.from({ length: this.#config.layers + 1 }, (_, i) => out[`hidden_${i}`]);
  }

  /** The class token's position, then the grid's at the wanted size. */
  #positionsAt(rows: number, cols: number): Tensor<Float32Array> {
    const key = `${rows} ${cols}`;
    let tensor = this.#resized.get(key);
    if (!tensor) {
      const { hiddenSize: dim, grid } = this.#config;
      const learned = { data: this.#positions.subarray(dim), rows: grid, cols: grid, dim };
      const resized = resizePositions(learned, rows, cols, this.#options.positionRule ?? "upstream");
      const data = new Float32Array(dim + resized.data.length);
      data.set(this.#positions.subarray(0, dim));
      data.set(resized.data, dim);
      tensor = { data, dims: [1, 1 + rows * cols, dim] };
      if (this.#resized.size >= gridsKept) this.#resized.clear();
      this.#resized.set(key, tensor);
    }
    return tensor;
  }
}

function clsTokens({ data, dims: [n, tokens, dim] }: Tensor<Float32Array>): Matrix {
  const cls = new Float32Array(n * dim);
  for (let i = 0; i < n; i++) cls.set(data.subarray(i * tokens * dim, (i * tokens + 1) * dim), i * dim);
  return { data: cls, rows: n, cols: dim };
}

function patchTokens({ data, dims: [n, tokens, dim] }: Tensor<Float32Array>, rows: number, cols: number): Patches[] {
  return Array.from({ length: n }, (_, i) => {
    const patches = data.slice((i * tokens + 1) * dim, (i + 1) * tokens * dim);
    return { data: patches, rows, cols, dim };
  });
}
