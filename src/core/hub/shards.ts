/** `model.safetensors.index.json`: into which files a large checkpoint was cut. */
import { z } from "zod";
import { readModelJson } from "../model-json.js";

/** The largest published vision transformers have six. */
const mostShards = 256;

const indexSchema = z
  .looseObject({
    weight_map: z.record(
      z.string(),
      z.string().regex(/^\w[\w.-]*\.safetensors$/, "a tensor lies in a file that is not beside the index"),
    ),
  })
  .transform(({ weight_map }) => [...new Set(Object.values(weight_map))].sort())
  .pipe(z.array(z.string()).min(1, "it names no files").max(mostShards, `it names more than ${mostShards} files`));

/** @returns the files' names, without repetition @throws CheckpointError for an index that cannot be meant */
export async function readShardNames(path: string): Promise<string[]> {
  return readModelJson(path, indexSchema as z.ZodType<string[]>);
}
