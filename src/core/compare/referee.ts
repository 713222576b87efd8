/**
 * Which pictures are near-duplicates, in the eyes of one model that is always the same: the splits must not depend on
 * who takes part, and a weak participant sees everything alike.
 */

import { loadModel } from "../model/load.js";
import type { Model, NamedImage } from "../model/model.js";
import type { NamedParticipant } from "./participant.js";
import { type SeenPictures, type SeeOptions, seePictures } from "./seen-pictures.js";
import type { SharedPictures } from "./shared-pictures.js";

/** It ships with the project, so that every comparison has it. */
const refereeName = "efficientnet-lite0";

/** Of the images that the referee could read, by their places. */
export type RefereeVectors = Pick<SeenPictures, "rows" | "vectors" | "pictures" | "failed">;

/**
 * What the referee makes of the pictures: a participant's vectors where it is the referee, seen in its own way. It may
 * fail at pictures whose vectors were made before, and which are gone.
 *
 * @param shared images that every participant has read
 * @param seen what they made of them: one matrix a participant
 * @param referee another model for it @default the bundled one
 */
export async function refereeVectors(
  shared: readonly NamedImage[],
  participants: readonly NamedParticipant[],
  { vectors, pictures }: Pick<SharedPictures, "vectors" | "pictures">,
  { referee, ...options }: SeeOptions & { readonly referee?: Model | undefined },
): Promise<RefereeVectors> {
  const wanted = referee?.source ?? refereeName;
  const own = participants.findIndex((one) => one.model.source === wanted && seesItsOwnWay(one));
  if (own >= 0) return { rows: [...shared.keys()], vectors: vectors[own], pictures, failed: [] };
  if (referee) return seePictures({ name: referee.name, model: referee }, shared, options);
  const model = await loadModel(refereeName);
  try {
    return await seePictures({ name: refereeName, model }, shared, options);
  } finally {
    await model.close();
  }
}

function seesItsOwnWay({ preprocess, embeddings, size, fit, pooling }: NamedParticipant): boolean {
  return [preprocess, embeddings, size, fit, pooling].every((choice) => choice === undefined);
}
