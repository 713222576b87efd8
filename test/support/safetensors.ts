/** Reads the safetensors files of the fixtures. */
import { readFileSync } from "node:fs";

export interface FixtureTensor<T> {
  data: T;
  shape: number[];
}

const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array };
type Kind = keyof typeof arrays;

/** The tensors of a file below test/fixtures; ask for one by name and kind. */
export interface FixtureTensors {
  names: string[];
  float32(name: string): FixtureTensor<Float32Array>;
  int32(name: string): FixtureTensor<Int32Array>;
  uint8(name: string): FixtureTensor<Uint8Array>;
}

export function readFixture(path: string): FixtureTensors {
  const bytes = readFileSync(new URL(`../fixtures/${path}`, import.meta.url));
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + headerLength));
  const get = (name: string, kind: Kind) => {
    const entry = header[name];
    if (entry?.dtype !== kind) throw new Error(`${path} has no ${kind} tensor ${name}, but ${entry?.dtype}`);
    const [from, to] = entry.data_offsets.map((offset: number) => 8 + headerLength + offset);
    // a copy starts at offset 0 of its buffer, as arrays of more than a byte an entry need
    return { data: new arrays[kind](Uint8Array.from(bytes.subarray(from, to)).buffer), shape: entry.shape };
  };
  return {
    names: Object.keys(header).filter((name) => name !== "__metadata__"),
    float32: (name) => get(name, "F32") as FixtureTensor<Float32Array>,
    int32: (name) => get(name, "I32") as FixtureTensor<Int32Array>,
    uint8: (name) => get(name, "U8") as FixtureTensor<Uint8Array>,
  };
}
