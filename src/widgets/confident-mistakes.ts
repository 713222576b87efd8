/** Wrong answers that a model was surest of, with the training pictures that led there. */
import type { Comparison } from "../core/compare/comparison.js";
import { ArgumentError } from "../core/errors.js";
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { bestHead, comparedAtSize, entryOf } from "./compared-models.js";
import { drawEvidence, evidenceMarkup, evidenceOf } from "./evidence.js";
import { bundleOf, type Figure } from "./figure.js";
import { shortName } from "./markup.js";
import type { PicturePool } from "./picture-pool.js";
import { counted, percent } from "./wording.js";

export interface ConfidentMistakesOptions extends FigureOptions {
  /** @default the one that is right most often with the head */
  readonly model?: string;
  /** @default the one with which the models are right most often */
  readonly head?: string;
  /** mistakes that are open; the others fold @default 4 */
  readonly open?: number;
  /** mistakes that are drawn at all @default 12 */
  readonly limit?: number;
}

/**
 * Draws a model's most confident mistakes: the picture, its class, what it was taken for and how surely, beside the
 * training pictures that are nearest to it as the model sees them.
 *
 * @throws ArgumentError when the comparison has no such model with such a head
 */
export async function confidentMistakes(
  comparison: Comparison,
  options: ConfidentMistakesOptions = {},
): Promise<MimeBundle> {
  return bundleOf(await mistakesPart(comparison, options), options, "Most confident mistakes");
}

/** The same, to be joined with others. */
export async function mistakesPart(
  comparison: Comparison,
  options: ConfidentMistakesOptions = {},
  pool?: PicturePool,
): Promise<Figure> {
  const { model, head } = chosen(comparison, options);
  const { mistakes, report } = entryOf(comparison, model, head);
  const shown = mistakes.slice(0, options.limit ?? 12);
  const evidence = await evidenceOf(
    shown.map(({ row, truth, predicted, confidence, nearest }) => ({
      row,
      picture: comparison.pictures[row],
      lines: [`taken for ${predicted}`, `${percent(confidence)} sure`, `is ${truth}`],
      neighbours: nearest.map((near) => ({ ...near, picture: comparison.pictures[near.row] })),
      marked: predicted,
    })),
    pool,
  );
  const wrong = report.rows - report.correct;
  const left =
    wrong > shown.length
      ? ` The ${counted(shown.length, "surest one", "surest")} of them ${shown.length === 1 ? "is" : "are"} drawn.`
      : "";
  return {
    widget: "mistakes",
    body:
      wrong === 0
        ? `<p class="pl-none">${noneWords}</p>`
        : evidenceMarkup(evidence, "Nearest training pictures", options.open ?? 4, (n) => counted(n, "more mistake")),
    caption: {
      shows: `${counted(wrong, "mistake")} on ${counted(report.rows, "tested picture")} by ${comparedAtSize(comparison, model)} with ${head}, the surest first.${left}`,
      reading:
        "At the left a picture, what it was taken for and how surely, and what it is; at the right the training pictures that are nearest to it as this model sees them. A filled dot marks those of the class that it was taken for.",
      lookFor:
        "neighbours that truly look alike, which more labels would part; and for pictures whose own label is wrong.",
    },
    drawing: drawEvidence(evidence, (n) => `and ${counted(n, "more mistake")}`),
    text:
      wrong === 0
        ? [noneWords]
        : shown.map(
            ({ row, truth, predicted, confidence, nearest }) =>
              `${shortName(comparison.pictures[row].name)}: ${truth} taken for ${predicted}, ${percent(confidence)} sure; nearest in training: ${nearest.map(({ label }) => label).join(", ")}`,
          ),
  };
}

const noneWords = "Every tested picture was recognised.";

function chosen(comparison: Comparison, options: ConfidentMistakesOptions): { model: string; head: string } {
  if (comparison.entries.length === 0)
    throw new ArgumentError("comparison", "has no entry: compare at least one model with one head");
  const head = options.head ?? bestHead(comparison);
  const entries = comparison.entries.filter((entry) => entry.head === head);
  const right = (entry: (typeof entries)[number]): number => entry.report.accuracy.value;
  const best = entries.reduce((most, entry) => (right(entry) > right(most) ? entry : most), entries[0]);
  return { head, model: options.model ?? best?.model ?? comparison.entries[0].model };
}
