/**
 * Which pictures are near-duplicates, in the eyes of one model that is always the same: the splits must not depend on
 * who takes part, and a weak participant sees everything alike.
 */

import { loadModel } from "../model/load.js";
import type { Model, NamedImage } from "../model/model.js";
import type { Matrix } from "../numeric/matrix.js";
import type { NamedParticipant } from "./participant.js";
import { type SeeOptions, seePictures } from "./seen-pictures.js";

/** It ships with the project, so that every comparison has it. */
const refereeName = "efficientnet-lite0";

/**
 * The referee's vectors of the pictures, one a picture: a participant's where it is the referee, seen in its own way.
 *
 * @param shared images that every participant has read
 * @param vectors one matrix a participant, of the same images
 * @param referee another model for it @default the bundled one
 */
export async function refereeVectors(
  shared: readonly NamedImage[],
  participants: readonly NamedParticipant[],
  vectors: readonly Matrix[],
  { referee, ...options }: SeeOptions & { readonly referee?: Model | undefined },
): Promise<Matrix> {
  const wanted = referee?.source ?? refereeName;
  const own = participants.findIndex((one) => one.model.source === wanted && seesItsOwnWay(one));
  if (own >= 0) return vectors[own];
  if (referee) return (await seePictures({ name: referee.name, model: referee }, shared, options)).vectors;
  const model = await loadModel(refereeName);
  try {
    return (await seePictures({ name: refereeName, model }, shared, options)).vectors;
  } finally {
    await model.close();
  }
}

function seesItsOwnWay({ preprocess, embeddings, size, fit, pooling }: NamedParticipant): boolean {
  return [preprocess, embeddings, size, fit, pooling].every((choice) => choice === undefined);
}
