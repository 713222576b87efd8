/** Runs of an ONNX file on as many pictures as there are, whatever number it takes at a time. */
import { CheckpointError, RuntimeError } from "../../errors.js";
import type { Tensor } from "../../runtime/tensor.js";
import type { PixelTensor } from "../model.js";
import { firstOf, partsOf } from "../pixel-parts.js";
import type { OpenedFile } from "./open-file.js";

export interface FileRun {
  /** names of those that are wanted, each float32 with the pictures in its first size */
  outputs: readonly string[];
  signal?: AbortSignal | undefined;
  /** what to do when onnxruntime fails, in words */
  advice: string;
}

/**
 * @returns the outputs of all pictures
 * @throws CheckpointError when the file fails at these sizes, or gives another number of pictures than it takes
 */
export async function runFile(
  { path, input, session }: OpenedFile,
  pixels: PixelTensor,
  { outputs, signal, advice }: FileRun,
): Promise<Record<string, Tensor<Float32Array>>> {
  const [n, , height, width] = pixels.dims;
  const perRun = input.pictures ?? n;
  const runs: Record<string, Tensor<Float32Array>>[] = [];
  for (const part of partsOf(pixels, perRun)) {
    const out = await session.run({ [input.name]: part }, { outputs, signal }).catch((cause) => {
      if (!(cause instanceof RuntimeError) || /alloc/i.test(cause.message)) throw cause;
      const problem = `fails at ${perRun === 1 ? "a picture" : `${perRun} pictures`} of ${height} x ${width} pixels: ${advice}`;
      throw new CheckpointError(path, problem, { cause });
    });
    for (const { dims } of Object.values(out))
      if (dims[0] !== perRun)
        throw new CheckpointError(
          path,
          `gives [${dims.join(", ")}] for ${perRun} pictures: export it with its number of pictures fixed, or for any`,
        );
    runs.push(out as Record<string, Tensor<Float32Array>>);
  }
  const whole = (name: string) =>
    firstOf(
      runs.map((run) => run[name]),
      n,
    );
  return Object.fromEntries(outputs.map((name) => [name, whole(name)]));
}
