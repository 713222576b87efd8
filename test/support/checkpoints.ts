/** Takes checkpoints apart and writes them anew: other types, shards, tensors that are missing or wrong. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixture } from "./fixtures.js";

export interface RawTensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

export type RawTensors = Record<string, RawTensor>;

/** The tensors of a fixture's model.safetensors. */
export function tensorsOf(name: string): RawTensors {
  const file = readFileSync(fixture(`models/${name}/model.safetensors`));
  const length = Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString("utf8", 8, 8 + length));
  delete header.__metadata__;
  return Object.fromEntries(
    Object.entries<{ dtype: string; shape: number[]; data_offsets: [number, number] }>(header).map(
      ([
        tensor,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [tensor, { dtype, shape, bytes: Uint8Array.from(file.subarray(8 + length + from, 8 + length + to)) }],
    ),
  );
}

/** A safetensors file's bytes. */
export function safetensors(tensors: RawTensors): Uint8Array {
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
      const start = end;
      end += bytes.length;
      return [name, { dtype, shape, data_offsets: [start, end] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([prefix, json, ...Object.values(tensors).map(({ bytes }) => bytes)]);
}

/** A copy of a fixture's folder with other tensors and changed keys of its config.json. */
export function checkpointFolder(target: string, name: string, tensors?: RawTensors, config: object = {}): string {
  mkdirSync(target, { recursive: true });
  cpSync(fixture(`models/${name}`), target, { recursive: true });
  rmSync(join(target, "expected.safetensors"));
  const path = join(target, "config.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...config }));
  if (tensors) writeFileSync(join(target, "model.safetensors"), safetensors(tensors));
  return target;
}

/** Writes the tensors as shards with their index, and takes model.safetensors away. */
export function shard(folder: string, tensors: RawTensors, count: number): string[] {
  const names = Object.keys(tensors);
  const shardOf = (i: number) =>
    `model-${String((i % count) + 1).padStart(5, "0")}-of-${String(count).padStart(5, "0")}.safetensors`;
  const files = Array.from({ length: count }, (_, i) => shardOf(i));
  for (const [k, file] of files.entries()) {
    const part = Object.fromEntries(names.filter((_, i) => i % count === k).map((name) => [name, tensors[name]]));
    writeFileSync(join(folder, file), safetensors(part));
  }
  const weight_map = Object.fromEntries(names.map((name, i) => [name, shardOf(i)]));
  writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify({ metadata: {}, weight_map }));
  rmSync(join(folder, "model.safetensors"), { force: true });
  return files;
}
