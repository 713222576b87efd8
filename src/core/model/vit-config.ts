/** Sizes and kinds that tell one vision transformer from another. */

/** How the network knows where a patch is. */
export type VitPositions =
  /** embeddings added to the patches, learned for a grid x grid picture; `resize` is how the family's code brings them to other sizes */
  | { readonly kind: "learned"; readonly grid: number; readonly resize: "plain" | "antialias" }
  /** queries and keys turned by angles that follow the patch's place in the picture */
  | { readonly kind: "rotary"; readonly theta: number };

export interface VitMlp {
  readonly hiddenSize: number;
  readonly activation: "gelu" | "silu";
  /** "packed": one product makes gate and value; "separate": two; the output is activation(gate) x value */
  readonly gate: "none" | "packed" | "separate";
}

export interface VitConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  /** side in pixels */
  readonly patchSize: number;
  /** register tokens between the class token and the patches */
  readonly registers: number;
  readonly positions: VitPositions;
  readonly mlp: VitMlp;
  /** which products add a bias */
  readonly bias: {
    readonly query: boolean;
    readonly key: boolean;
    readonly value: boolean;
    readonly projection: boolean;
    readonly mlp: boolean;
  };
  readonly layerNormEpsilon: number;
}

/** Tokens before the patches: the class token and the registers. */
export function prefixTokens({ registers }: VitConfig): number {
  return 1 + registers;
}
