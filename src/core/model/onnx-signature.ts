/** What an exported vision transformer must take and give, and which sizes its file fixes. */
import { CheckpointError, ShapeError } from "../errors.js";
import type { ValueInfo } from "../runtime/messages.js";
import type { Session } from "../runtime/runtime.js";
import type { PixelTensor } from "./model.js";

export const pixelsInput = "pixel_values";
export const tokensOutput = "last_hidden_state";

/** A run is filled up to the number that the file fixes, whatever it claims, so that the claim has a bound. */
export const mostPictures = 256;

/**
 * Checks what the file says of itself, before it has run.
 *
 * @throws CheckpointError naming the input, the output or the configuration's key at fault
 */
export function checkSignature(path: string, { inputs, outputs }: Session, hiddenSize: number): void {
  const refuse = (entry: string, problem: string) => new CheckpointError(path, problem, { entry });
  const pixels = inputs.find((i) => i.name === pixelsInput);
  if (!pixels || inputs.length > 1)
    throw refuse(pixelsInput, `takes ${namesOf(inputs)} where ${pixelsInput} alone is expected: it is no such model`);
  const tokens = outputs.find((o) => o.name === tokensOutput);
  if (!tokens)
    throw refuse(
      tokensOutput,
      `has no output "${tokensOutput}" but ${namesOf(outputs)}: take an export of the model without a head`,
    );
  for (const { name, type } of [pixels, tokens])
    if (type !== "float32") throw refuse(name, `has ${name} in ${type} where float32 is expected: take model.onnx`);
  const [pictures, channels] = fixedSizes(pixels);
  if (pixels.dims.length !== 4 || (channels ?? 3) !== 3)
    throw refuse(pixelsInput, `takes [${pixels.dims.join(", ")}] where [pictures, 3, height, width] is expected`);
  if ((pictures ?? 1) > mostPictures)
    throw refuse(
      pixelsInput,
      `takes ${pictures} pictures at a time where at most ${mostPictures} are expected: export it for any number`,
    );
  const [, , width] = fixedSizes(tokens);
  if (tokens.dims.length !== 3 || (width ?? hiddenSize) !== hiddenSize)
    throw refuse(
      "hidden_size",
      `puts out [${tokens.dims.join(", ")}] where config.json promises tokens of ${hiddenSize} numbers`,
    );
}

/**
 * @returns how many pictures go into one run: all, unless the file fixes another number
 * @throws ShapeError when the file is made for another size, naming the one that works
 */
export function picturesARun(path: string, { inputs }: Session, { dims: [n, , height, width] }: PixelTensor): number {
  const [batch, , h, w] = fixedSizes(inputs[0]);
  if ((h ?? height) !== height || (w ?? width) !== width)
    throw new ShapeError(
      "dims",
      `has sides ${height} x ${width} where ${path} was exported for ${h ?? "any"} x ${w ?? "any"} alone: give that size`,
    );
  return batch ?? n;
}

/** Sizes that the file fixes, undefined where one is free. */
function fixedSizes({ dims }: ValueInfo): (number | undefined)[] {
  return dims.map((size) => (typeof size === "number" && size > 0 ? size : undefined));
}

function namesOf(values: readonly ValueInfo[]): string {
  return values.map((v) => v.name).join(", ") || "nothing";
}
