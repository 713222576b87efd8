/**
 * A ViT-S/14 with random weights, one picture at a time: our graph against PyTorch, transformers.js, the graph that
 * torch exports, and plain operators of our own. bench/peers.md says how each is set up.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NetworkOptions } from "#dist/core/model/model.js";
import { physicalCores } from "#dist/core/runtime/physical-cores.js";
import type { Notes, Report } from "./main.js";
import { compareTimes } from "./measure.js";
import { Lab } from "./peers/lab.js";
import { cosineOf, differenceOf, type Peer } from "./peers/peer.js";
import { PeerAbsent } from "./peers/process.js";

/** What is compared: a ratio for each size, named `model.SIZE.` and `label`. */
interface Setting {
  label: string;
  ours: NetworkOptions;
  /** @throws PeerAbsent when the peer is not installed */
  peer(lab: Lab): Promise<Peer>;
  /** whether the tokens' direction is compared, and not each number: for 8-bit products */
  byCosine?: boolean;
}

const cores = physicalCores();

const settings: readonly Setting[] = [
  { label: "vs.torch", ours: { threads: cores }, peer: (lab) => lab.torch(cores) },
  { label: "1-thread.vs.torch", ours: { threads: 1 }, peer: (lab) => lab.torch(1) },
  { label: "vs.transformers-js", ours: { threads: cores }, peer: (lab) => lab.transformersJs(cores) },
  { label: "vs.torch-export", ours: { threads: cores }, peer: (lab) => lab.torchExport({ threads: cores }) },
  {
    label: "int8.vs.fp32",
    ours: { precision: "int8" },
    peer: (lab) => lab.ours({}),
    byCosine: true,
  },
  { label: "vs.plain-operators", ours: {}, peer: (lab) => lab.ours({ operators: "plain" }) },
];

const sizes: readonly { size: number; pairs: number }[] = [
  { size: 224, pairs: 9 },
  { size: 518, pairs: 5 },
];

/** milliseconds before each run: onnxruntime's threads were seen to wait actively for 25 to 60 after one */
const pause = 100;

export async function model(report: Report, notes: Notes): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "patchlab-bench-"));
  try {
    const lab = await Lab.fill(
      folder,
      sizes.map(({ size }) => size),
    );
    for (const setting of settings) await measure(setting, lab, report, notes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(setting: Setting, lab: Lab, report: Report, notes: Notes): Promise<void> {
  const own = await lab.ours(setting.ours);
  try {
    const other = await setting.peer(lab);
    notes.versions(other.versions);
    await measureSizes(setting, lab, [own, other], report, notes).finally(() => other.close());
  } catch (error) {
    if (!(error instanceof PeerAbsent)) throw error;
    notes.skip(
      sizes.map(({ size }) => nameOf(size, setting)),
      error.message,
    );
  } finally {
    await own.close();
  }
}

async function measureSizes(
  setting: Setting,
  lab: Lab,
  [own, other]: readonly Peer[],
  report: Report,
  notes: Notes,
): Promise<void> {
  for (const [i, { size, pairs }] of sizes.entries()) {
    const name = nameOf(size, setting);
    const input = lab.inputs[i];
    const difference = setting.byCosine ? undefined : await differenceOf(own, other, input, name);
    if (setting.byCosine) notes.figure(`${name}.cosine`, await cosineOf(own, other, input, name), "");
    const times = await compareTimes(
      () => own.time(input),
      () => other.time(input),
      { pairs, pause },
    );
    report(name, { ...times, ...(difference === undefined ? {} : { difference }) });
  }
}

function nameOf(size: number, { label }: Setting): string {
  return `model.${size}.${label}`;
}
