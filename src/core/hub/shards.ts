/** `model.safetensors.index.json`: into which files a large checkpoint was cut. */
import { z } from "zod";
import { readModelJson } from "../model-json.js";

/** The largest published vision transformers have six. */
const mostShards = 256;

export interface ShardIndex {
  /** the file that holds each tensor, by the tensor's name */
  weightMap: Readonly<Record<string, string>>;
  /** the files' names, without repetition, in the alphabet's order */
  files: readonly string[];
}

/** Whatever such a name is joined to, the file lies in that folder; the colon is a separator on Windows. */
const fileName = z
  .string()
  .regex(/^[^/\\:\p{Cc}]+\.safetensors$/u, "a tensor lies in a file that is not beside the index");

const indexSchema: z.ZodType<ShardIndex> = z
  .looseObject({ weight_map: z.record(z.string(), fileName) })
  .transform(({ weight_map: weightMap }) => ({ weightMap, files: [...new Set(Object.values(weightMap))].sort() }))
  .refine(({ files }) => files.length > 0, "it names no files")
  .refine(({ files }) => files.length <= mostShards, `it names more than ${mostShards} files`);

/** @throws FileError when there is no such file; CheckpointError for an index that cannot be meant */
export function readShardIndex(path: string): Promise<ShardIndex> {
  return readModelJson(path, indexSchema);
}
