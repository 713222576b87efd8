/** What a peer must do to be compared: run the same weights on the same pixels, and show its result. */
import { readFile } from "node:fs/promises";
import { PatchlabError } from "#dist/core/errors.js";
import type { Network, PixelTensor } from "#dist/core/model/model.js";
import { timed } from "../measure.js";
import type { PeerProcess } from "./process.js";

/** One picture's pixels, in memory and in a file of their float32 numbers. */
export interface Input {
  pixels: PixelTensor;
  path: string;
}

export interface Peer {
  /** of what runs, beyond this project's own dependencies */
  readonly versions: Readonly<Record<string, string>>;
  /** milliseconds of one run, without the numbers' way to another process and back */
  time(input: Input): Promise<number>;
  /** the tokens after the last norm, [1, tokens, dim] */
  tokens(input: Input): Promise<Float32Array>;
  close(): Promise<void>;
}

/** A model that a process has open. */
export function processPeer(peer: PeerProcess, threads: number): Peer {
  const run = ({ pixels: { dims }, path }: Input, output?: string) =>
    peer.ask<{ ms: number }>({ op: "run", path, dims, threads, output });
  return {
    versions: peer.versions,
    time: async (input) => (await run(input)).ms,
    tokens: async (input) => {
      const output = `${input.path}.tokens`;
      await run(input, output);
      return new Float32Array(new Uint8Array(await readFile(output)).buffer);
    },
    close: () => peer.close(),
  };
}

/** A network in our runtime, timed from the caller's thread: with the numbers' way to its own thread and back. */
export function networkPeer(network: Network, versions: Record<string, string> = {}): Peer {
  return {
    versions,
    time: ({ pixels }) => timed(() => network.forward(pixels))(),
    tokens: async ({ pixels }) => {
      const { cls, patches } = await network.forward(pixels);
      return Float32Array.from([...cls.data, ...patches[0].data]);
    },
    close: () => network.close(),
  };
}

const mostDifference = 1e-4;
const leastCosine = 0.999;

/**
 * The largest difference between two peers' tokens.
 *
 * @throws PatchlabError when it is above 1e-4: they do not do the same work
 */
export async function differenceOf(ours: Peer, peer: Peer, input: Input, name: string): Promise<number> {
  const [a, b] = await tokensOf(ours, peer, input, name);
  const difference = a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
  if (difference <= mostDifference) return difference;
  throw refusal(name, `the peer's tokens differ from ours by up to ${difference} where ${mostDifference} is allowed`);
}

/**
 * The cosine of the angle between two peers' tokens, all of them as one vector.
 *
 * @throws PatchlabError when it is below 0.999
 */
export async function cosineOf(ours: Peer, peer: Peer, input: Input, name: string): Promise<number> {
  const [a, b] = await tokensOf(ours, peer, input, name);
  const product = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const cosine = product(a, b) / Math.sqrt(product(a, a) * product(b, b));
  if (cosine >= leastCosine) return cosine;
  throw refusal(name, `the tokens' cosine is ${cosine} where ${leastCosine} is the least`);
}

async function tokensOf(ours: Peer, peer: Peer, input: Input, name: string): Promise<[Float32Array, Float32Array]> {
  const [a, b] = [await ours.tokens(input), await peer.tokens(input)];
  if (a.length === b.length) return [a, b];
  throw refusal(name, `the peer gives ${b.length} numbers where ours are ${a.length}`);
}

function refusal(name: string, problem: string): PatchlabError {
  return new PatchlabError(`${name}: ${problem}, so that the ratio would mean nothing`);
}
