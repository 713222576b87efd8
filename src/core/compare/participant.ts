/** Who takes part in a comparison: a model, and how it is shown the pictures. */
import { ArgumentError } from "../errors.js";
import { given } from "../given.js";
import type { ExtractOptions, Model, PixelTensor } from "../model/model.js";
import type { LabelledVectors } from "../numeric/labelled-vectors.js";
import type { ImageSource } from "../picture.js";

export interface Participant extends Pick<ExtractOptions, "size" | "fit" | "pooling"> {
  readonly model: Model;
  /** what tables and figures call it @default the model's name */
  readonly name?: string;
  /**
   * Prepares pictures in place of the model's own way, for pipelines from elsewhere. What it makes is compared with
   * what the model wants, number by number.
   */
  readonly preprocess?: (images: readonly ImageSource[]) => Promise<PixelTensor>;
  /**
   * Vectors that this model made before, as `embedFolder` and stores give them: its pictures are found in them by name,
   * and a few are made anew to see that they are the same.
   */
  readonly embeddings?: LabelledVectors;
}

export interface NamedParticipant extends Participant {
  readonly name: string;
}

/** @throws ArgumentError when there is none, one is no model, or two have one name */
export function participantsOf(models: readonly (Model | Participant)[]): NamedParticipant[] {
  if (!Array.isArray(models) || models.length === 0)
    throw new ArgumentError("models", "is empty: give at least one of what loadModel returns");
  const participants = models.map((one, i): NamedParticipant => {
    const participant: Participant = "model" in one ? one : { model: one };
    if (typeof participant.model?.extract !== "function")
      throw new ArgumentError(`models[${i}]`, "is no model: give what loadModel returned, or { model, … }");
    if (participant.preprocess && (participant.pooling !== undefined || participant.embeddings))
      throw new ArgumentError(
        `models[${i}]`,
        "has preprocess beside pooling or embeddings, which go their own way from pictures to vectors: leave one out",
      );
    return { ...participant, name: participant.name ?? participant.model.name };
  });
  const names = participants.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new ArgumentError("models", `has "${twice}" twice: give each a name of its own, as { model, name }`);
  return participants;
}

/** How the participant's vectors were read from pictures, wherever they come from. */
export function readingOf({
  embeddings,
  size,
  fit,
  pooling,
}: Participant): Pick<ExtractOptions, "size" | "fit" | "pooling"> {
  const from = embeddings ?? { size, fit, pooling };
  return given({ size: from.size, fit: from.fit, pooling: from.pooling as ExtractOptions["pooling"] });
}
