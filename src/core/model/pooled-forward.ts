/** A pass through the network that also pools, and keeps no more tokens than were asked for. */
import { ArgumentError } from "../errors.js";
import type { Matrix } from "../numeric/matrix.js";
import type { ExtractOptions, ModelOutput, Network, PixelTensor } from "./model.js";
import { type Pooling, poolingNeeds, poolTokens } from "./pooling.js";

/** @throws ArgumentError when there is no such pooling, or `layers` are asked for beside one that chooses them itself */
export function checkPooling({ pooling, layers, layerNorm }: ExtractOptions): void {
  if (pooling === undefined) return;
  const { blocks } = poolingNeeds(pooling);
  if (blocks > 0 && layerNorm === false)
    throw new ArgumentError(
      "layerNorm",
      `is false, but pooling ${nameOf(pooling)} takes class tokens after the norm: leave it out`,
    );
  if (blocks > 0 && layers !== undefined)
    throw new ArgumentError(
      "layers",
      `cannot be chosen beside pooling ${nameOf(pooling)}, which takes the last ${blocks} itself: extract twice`,
    );
}

/** Tokens that only the pooling needs are dropped with the batch, so that a large set of pictures fits into memory. */
export async function pooledForward(
  network: Network,
  pixels: PixelTensor,
  { pooling, clsOnly, layers, layerNorm, attention, signal }: ExtractOptions,
): Promise<ModelOutput & { pooled?: Matrix }> {
  if (pooling === undefined) return network.forward(pixels, { clsOnly, layers, layerNorm, attention, signal });
  const { patches, blocks } = poolingNeeds(pooling);
  if (patches && network.patchDim === 0)
    throw new ArgumentError(
      "pooling",
      `is ${nameOf(pooling)}, which takes patches, and this model gives none: use "cls"`,
    );
  const wanted =
    blocks > 0 ? { clsOnly: clsOnly && !patches, layers: blocks } : { clsOnly: clsOnly && !patches, layers, layerNorm };
  const output = await network.forward(pixels, { ...wanted, attention, signal }).catch((error) => {
    throw blocks > 0 && error instanceof ArgumentError && error.argument === "layers"
      ? notThere(pooling, blocks, error)
      : error;
  });
  const { layers: found, ...rest } = output;
  return {
    ...rest,
    pooled: poolTokens(output, pooling),
    patches: clsOnly ? [] : output.patches,
    ...(found && blocks === 0 ? { layers: clsOnly ? found.map((layer) => ({ ...layer, patches: [] })) : found } : {}),
  };
}

function notThere(pooling: Pooling, blocks: number, cause: ArgumentError): ArgumentError {
  return new ArgumentError(
    "pooling",
    `is ${nameOf(pooling)}, which takes the class tokens of the last ${blocks} blocks, and this model does not give them: use "cls" or "cls+mean", or another model`,
    { cause },
  );
}

function nameOf(pooling: Pooling): string {
  return JSON.stringify(typeof pooling === "string" ? pooling : pooling.name);
}
