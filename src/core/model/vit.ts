/** A vision transformer over a model folder: opens its weights, keeps its positions, runs its graph. */
import { ArgumentError, CheckpointError } from "../errors.js";
import { openRuntime, type Runtime, type Session, threadCount } from "../runtime/runtime.js";
import { productsSaturate } from "../runtime/saturation.js";
import { int64, type Tensor } from "../runtime/tensor.js";
import type { VitFamily, VitTensors } from "./families/family.js";
import { int8Weights } from "./int8-weights.js";
import { joinedTensors } from "./joined-tensors.js";
import { type ChosenAttention, chosenAttention, chosenLayers } from "./layer-choice.js";
import type {
  Attention,
  ForwardOptions,
  LayerOutput,
  ModelOutput,
  Network,
  NetworkOptions,
  PixelTensor,
} from "./model.js";
import { checkPixels } from "./pixels.js";
import { readVitConfig } from "./read-vit-config.js";
import { prefixTokens, type VitConfig } from "./vit-config.js";
import { attentionGraph, vitGraph } from "./vit-graph.js";
import { VitInputMaker, type VitInputs } from "./vit-inputs.js";
import { classTokens, type LayerNorm, layerNorm, patchTokens, registerTokens } from "./vit-tokens.js";
import { openWeights, readWeight, type Weights } from "./weights.js";

/**
 * Opens a folder of the family: config.json and model.safetensors, or its shards with their index.
 *
 * @throws FileError, CheckpointError when the folder does not hold what the family needs
 */
export async function openVit(folder: string, family: VitFamily, options: NetworkOptions = {}): Promise<Network> {
  const { config, tensors } = await readVitConfig(folder, family);
  const weights = await openWeights(folder);
  const names = withPrefix(tensors, weights);
  const inputs = await VitInputMaker.read(config, names, weights, options.positionRule);
  const [weight, bias] = await Promise.all(
    ["weight", "bias"].map((part) => readWeight(weights, `${names.norm}.${part}`, [config.hiddenSize])),
  );
  const norm = { weight, bias, epsilon: config.layerNormEpsilon };
  const int8 = options.precision === "int8" ? await int8Weights(folder, config, names, weights) : undefined;
  const network = new VitNetwork({ family: family.modelType, config, names, weights, int8, inputs, norm }, options);
  await network.open();
  return network;
}

/** Checkpoints with a head on top, such as classifiers, have the backbone's tensors under a name of its own. */
function withPrefix(names: VitTensors, weights: Weights): VitTensors {
  if (weights.tensors.has(names.classToken)) return names;
  const ending = `.${names.classToken}`;
  const prefixes = [...weights.tensors.keys()]
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -names.classToken.length));
  if (prefixes.length === 0) return names;
  const [prefix] = prefixes;
  if (prefixes.length > 1)
    throw new CheckpointError(
      weights.path,
      `holds several networks, ${prefixes.map((p) => `"${p.slice(0, -1)}"`).join(" and ")}: save the one that is meant, in DINO's training the teacher, as a file of its own`,
      { entry: names.classToken },
    );
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, prefix + name])) as unknown as VitTensors;
}

interface Parts {
  family: string;
  config: VitConfig;
  names: VitTensors;
  weights: Weights;
  /** the products in 8 bits, which then take the place of `weights` in the network's graph */
  int8: Weights | undefined;
  inputs: VitInputMaker;
  norm: LayerNorm;
}

type Outputs = Record<string, Tensor<Float32Array>>;

/** The outputs of several runs as of one. */
function joined(runs: readonly Outputs[]): Outputs {
  const names = Object.keys(runs[0]);
  return Object.fromEntries(names.map((name) => [name, joinedTensors(runs.map((run) => run[name]))]));
}

class VitNetwork implements Network {
  readonly family: string;
  readonly dim: number;
  readonly patchDim: number;
  readonly patchSize: number;
  readonly singly: boolean;
  readonly configuration: object;
  readonly weightFiles: readonly string[];
  readonly #parts: Parts;
  readonly #options: NetworkOptions;
  readonly #runtime: Runtime = openRuntime();
  /** the only one, since each holds the weights: reopened when hidden states are first asked for */
  #session: Promise<Session> | undefined;
  /** the same once it is open */
  #open: Session | undefined;
  #hasHiddenStates = false;
  readonly #attention = new Map<number, Promise<Session>>();

  constructor(parts: Parts, options: NetworkOptions) {
    this.family = parts.family;
    this.dim = this.patchDim = parts.config.hiddenSize;
    this.patchSize = parts.config.patchSize;
    this.singly = parts.int8 !== undefined || threadCount(options.threads) === 1;
    this.configuration = parts.config;
    this.weightFiles = parts.weights.files;
    this.#parts = parts;
    this.#options = options;
  }

  async open(): Promise<void> {
    try {
      await this.#opened(false);
    } catch (error) {
      await this.#runtime.close();
      throw error;
    }
  }

  async forward(pixels: PixelTensor, options: ForwardOptions = {}): Promise<ModelOutput> {
    checkPixels(pixels, this.patchSize);
    const { config, inputs } = this.#parts;
    const [, , h, w] = pixels.dims;
    const [rows, cols] = [h / this.patchSize, w / this.patchSize];
    const blocks = config.layers;
    if (options.layerNorm !== undefined && options.layers === undefined)
      throw new ArgumentError("layerNorm", "is about the tokens of `layers`: name those too, or leave it out");
    const layers = chosenLayers(options.layers, blocks);
    const wanted = chosenAttention(options.attention, { blocks, prefix: prefixTokens(config), rows, cols });
    const states = options.hiddenStates ? Array.from({ length: blocks + 1 }, (_, i) => i) : layers.map((i) => i + 1);
    if (wanted) states.push(wanted.block);

    const outputs = ["tokens", ...new Set(states.map((i) => `hidden_${i}`))];
    const out = await this.#run(pixels, inputs.at(rows, cols), states.length > 0, outputs, options.signal);
    return {
      ...this.#output(out.tokens, rows, cols, options.clsOnly),
      ...(layers.length > 0 ? { layers: layers.map((i) => this.#layer(out, i, rows, cols, options)) } : {}),
      ...(options.hiddenStates ? { hiddenStates: states.slice(0, blocks + 1).map((i) => out[`hidden_${i}`]) } : {}),
      ...(wanted ? { attention: await this.#attentionOf(out[`hidden_${wanted.block}`], wanted, rows, cols) } : {}),
    };
  }

  close(): Promise<void> {
    return this.#runtime.close();
  }

  async #run(
    pixels: PixelTensor,
    places: VitInputs,
    hiddenStates: boolean,
    outputs: readonly string[],
    signal?: AbortSignal,
  ): Promise<Outputs> {
    const open = this.#open !== undefined && (this.#hasHiddenStates || !hiddenStates) ? this.#open : undefined;
    // the numbers as they are now: the caller may change them while a session opens
    const { data, dims } = open ? pixels : { data: pixels.data.slice(), dims: pixels.dims };
    const session = open ?? (await this.#opened(hiddenStates));
    const [n, ...rest] = dims;
    // 8-bit inputs share one scale, which must not depend on the other pictures of a batch
    const together = this.#parts.int8 ? 1 : n;
    const size = data.length / n;
    const runs = Array.from({ length: n / together }, (_, i) => {
      const pixel_values = {
        data: data.subarray(i * together * size, (i + 1) * together * size),
        dims: [together, ...rest],
      };
      return session.run({ pixel_values, ...places }, { outputs, signal }) as Promise<Outputs>;
    });
    return joined(await Promise.all(runs));
  }

  #opened(hiddenStates: boolean): Promise<Session> {
    if (this.#session && (this.#hasHiddenStates || !hiddenStates)) return this.#session;
    const before = this.#session;
    this.#open = undefined;
    this.#hasHiddenStates = hiddenStates;
    const { config, names, int8 } = this.#parts;
    const weights = int8 ?? this.#parts.weights;
    const { operators, precision } = this.#options;
    const opening = (async () => {
      // the weights are not held twice: runs that were sent before end first
      await before?.then((session) => session.close());
      const graph = vitGraph(config, names, weights, { operators, precision, hiddenStates });
      const exactInt8 = int8 !== undefined && (await productsSaturate(this.#runtime));
      return this.#runtime.open(graph, { ...this.#options, weightsFolder: weights.folder, exactInt8 });
    })();
    this.#session = opening;
    opening.then(
      (session) => {
        if (this.#session === opening) this.#open = session;
      },
      () => {
        if (this.#session === opening) this.#session = undefined;
      },
    );
    return opening;
  }

  #output(tokens: Tensor<Float32Array>, rows: number, cols: number, clsOnly?: boolean): ModelOutput {
    const { registers } = this.#parts.config;
    return {
      cls: classTokens(tokens),
      patches: clsOnly ? [] : patchTokens(tokens, rows, cols),
      ...(registers > 0 ? { registers: registerTokens(tokens, registers) } : {}),
    };
  }

  #layer(out: Outputs, layer: number, rows: number, cols: number, options: ForwardOptions): LayerOutput {
    const normalised = options.layerNorm !== false;
    const hidden = out[`hidden_${layer + 1}`];
    const finish = (tokens: Tensor<Float32Array>) => (normalised ? layerNorm(tokens, this.#parts.norm) : tokens);
    if (options.clsOnly) {
      const { data, rows: n, cols: dim } = classTokens(hidden);
      return { layer, normalised, cls: classTokens(finish({ data, dims: [n, 1, dim] })), patches: [] };
    }
    const tokens = finish(hidden);
    return { layer, normalised, cls: classTokens(tokens), patches: patchTokens(tokens, rows, cols) };
  }

  async #attentionOf(
    hidden: Tensor<Float32Array>,
    { block, from }: ChosenAttention,
    rows: number,
    cols: number,
  ): Promise<Attention[]> {
    const { config, inputs } = this.#parts;
    const session = await this.#attentionSession(block);
    const feeds = { hidden, from: int64(from), ...inputs.rotation(rows, cols) };
    const { attention } = (await session.run(feeds)) as Outputs;
    const [n, heads, , tokens] = attention.dims;
    const length = heads * from.length * tokens;
    return Array.from({ length: n }, (_, i) => ({
      data: attention.data.slice(i * length, (i + 1) * length),
      ...{ heads, from: from.length, tokens, prefix: prefixTokens(config), rows, cols, layer: block },
    }));
  }

  #attentionSession(block: number): Promise<Session> {
    const { config, names, weights } = this.#parts;
    let session = this.#attention.get(block);
    if (!session) {
      const graph = attentionGraph(config, names, weights, block);
      session = this.#runtime.open(graph, { ...this.#options, weightsFolder: weights.folder });
      this.#attention.set(block, session);
      session.catch(() => this.#attention.delete(block));
    }
    return session;
  }
}
