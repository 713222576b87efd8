/** The models of a comparison, each with its accuracy by labelled pictures a class. */
import { labelEfficiency } from "../evaluate/label-efficiency.js";
import { given } from "../given.js";
import { spaceOf } from "../model/vector-space.js";
import type { Matrix } from "../numeric/matrix.js";
import type { CompareOptions } from "./compare-options.js";
import type { ComparedModel } from "./comparison.js";
import { curveHead } from "./curve-head.js";
import type { Field } from "./field.js";
import { type NamedParticipant, readingOf } from "./participant.js";
import type { SeenPictures } from "./seen-pictures.js";

export async function comparedModels(
  participants: readonly NamedParticipant[],
  seen: readonly SeenPictures[],
  field: Field,
  settings: CompareOptions,
): Promise<ComparedModel[]> {
  const described: ComparedModel[] = [];
  for (const [i, participant] of participants.entries()) {
    const { fingerprint } = await spaceOf(participant.model, readingOf(participant));
    const vectors = field.vectors[i];
    const curve = await curveOf(participant.name, vectors, field, settings);
    described.push({
      name: participant.name,
      family: participant.model.family,
      ...{ dim: vectors.cols, fingerprint, inputSize: seen[i].inputSize },
      ...(curve ? { labelEfficiency: curve } : {}),
    });
  }
  return described;
}

async function curveOf(
  model: string,
  vectors: Matrix,
  { labels, splits, near, disjoint }: Field,
  { labelEfficiency: wanted = {}, seed = 0, signal, onProgress }: CompareOptions,
): Promise<ComparedModel["labelEfficiency"]> {
  // drawn from what is tested, a curve would say nothing
  if (wanted === false || !disjoint.passed) return undefined;
  const step = `Label efficiency of ${model}`;
  return labelEfficiency(
    { vectors, labels },
    {
      ...{ ...wanted, head: curveHead, splits, seed, groups: near.groups },
      ...given({ signal }),
      onProgress: (done, total) => onProgress?.(step, done, total),
    },
  );
}
