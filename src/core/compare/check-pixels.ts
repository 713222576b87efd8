/** Whether each model was shown the pictures as it was trained to see them. */
import type { Model, NamedImage } from "../model/model.js";
import type { Matrix } from "../numeric/matrix.js";
import type { ComparisonCheck } from "./comparison.js";
import { type NamedParticipant, readingOf } from "./participant.js";
import { type PixelFinding, pixelTolerance } from "./pixel-difference.js";
import type { SeenPictures } from "./seen-pictures.js";

const name = "pictures prepared as each model wants them";

/** Vectors made again differ in the last bits, with 8-bit weights by about 0.02 of their length. */
const vectorTolerance = 0.05;

/** @param images those that `seen.rows` counts */
export async function checkPixels(
  participant: NamedParticipant,
  seen: SeenPictures,
  images: readonly NamedImage[],
  signal?: AbortSignal,
): Promise<ComparisonCheck> {
  const { name: model } = participant;
  if (seen.pixels) return { name, model, ...judged(seen.pixels, pixelTolerance(participant.model.transform)) };
  const { furthest, difference } = await remade(participant, seen, images, signal);
  const passed = difference <= vectorTolerance;
  const where = participant.embeddings ? "the vectors that came with it" : "its vectors";
  const finding = passed
    ? `${transformOf(participant.model)}: ${where} are those that it makes of the pictures`
    : `${where} are others than it makes of ${furthest} (${difference.toFixed(2)} of their length away): they come from pictures that were prepared in another way, or from another model`;
  return { name, model, passed, finding };
}

/** How the model says that it is shown pictures. */
function transformOf({ transformAssumed, ownNormalisation }: Model): string {
  const whose = transformAssumed ? "ImageNet's transform, since its files name none" : "its own transform";
  return ownNormalisation ? `${whose}, without the normalisation that its file does itself` : whose;
}

function judged(
  { difference, picture, mistake, otherSize }: PixelFinding,
  tolerance: number,
): Pick<ComparisonCheck, "passed" | "finding"> {
  if (otherSize) {
    const [given, expected] = [otherSize.given, otherSize.expected].map((sides) => sides.join(" x "));
    return {
      passed: false,
      finding: `its pictures are ${given} pixels where the model is shown ${expected}: give the size that is meant as \`size\``,
    };
  }
  if (difference <= tolerance)
    return { passed: true, finding: `a preprocess of its own, ${difference.toFixed(3)} from the model's at most` };
  const cause = mistake ?? "they are others than the model's own transform makes";
  return {
    passed: false,
    finding: `the numbers of ${picture} are ${difference.toFixed(2)} away from those that the model wants: ${cause}`,
  };
}

/** A few pictures made into vectors once more, each by itself. */
async function remade(
  participant: NamedParticipant,
  { rows, vectors }: SeenPictures,
  images: readonly NamedImage[],
  signal?: AbortSignal,
): Promise<{ furthest: string; difference: number }> {
  const places = [...new Set([0, Math.floor(rows.length / 2), rows.length - 1])];
  const settings = { ...readingOf(participant), clsOnly: true, ...(signal ? { signal } : {}) };
  let worst = { furthest: images[rows[0]].name, difference: 0 };
  for (const place of places) {
    const { source, name: furthest } = images[rows[place]];
    const again = await participant.model.extract([source], settings);
    const difference = distance(vectors, place, again.pooled ?? again.cls);
    if (difference > worst.difference) worst = { furthest, difference };
  }
  return worst;
}

/** Of row `place` from the one row of `again`, as a share of its length. */
function distance({ data, cols }: Matrix, place: number, again: Matrix): number {
  if (again.cols !== cols) return Number.POSITIVE_INFINITY;
  let [apart, length] = [0, 0];
  for (let j = 0; j < cols; j++) {
    apart += (data[place * cols + j] - again.data[j]) ** 2;
    length += again.data[j] ** 2;
  }
  return apart === 0 ? 0 : Math.sqrt(apart / length);
}
