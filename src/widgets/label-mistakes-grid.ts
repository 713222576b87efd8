/** Labels that are probably wrong, each with what speaks against it. */
import type { LabelMistake, LabelMistakes } from "../core/evaluate/label-mistakes.js";
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { drawEvidence, evidenceMarkup, evidenceOf } from "./evidence.js";
import { bundleOf, type Figure } from "./figure.js";
import { shortName } from "./markup.js";
import { count, counted, modelAtSize, percent } from "./wording.js";

export interface LabelMistakesGridOptions extends FigureOptions {
  /** pictures that are open; the others fold @default 6 */
  readonly open?: number;
  /** pictures that are drawn at all; the caption names the rest @default 40 */
  readonly limit?: number;
}

/**
 * Draws likely label mistakes: the picture, the label that it has and the one that it should probably have, both with
 * the cross-validated confidence, beside its nearest pictures and their labels.
 *
 * @returns HTML without Plotly, PNG and text
 */
export async function labelMistakesGrid(
  found: LabelMistakes,
  options: LabelMistakesGridOptions = {},
): Promise<MimeBundle> {
  const title = `Likely label mistakes: ${count(found.mistakes.length)} of ${counted(found.rows, "picture")}`;
  return bundleOf(await labelMistakesPart(found, options), options, title);
}

/** The same, to be joined with others. */
export async function labelMistakesPart(found: LabelMistakes, options: LabelMistakesGridOptions = {}): Promise<Figure> {
  const { mistakes, pictures, rows } = found;
  const shown = mistakes.slice(0, options.limit ?? 40);
  const pictureAt = (row: number) => (pictures?.[row] ? { picture: pictures[row] } : {});
  const evidence = await evidenceOf(
    shown.map((mistake) => ({
      ...{ row: mistake.row, lines: lines(mistake), marked: mistake.suggested, ...pictureAt(mistake.row) },
      neighbours: mistake.neighbours.map((near) => ({ ...near, ...pictureAt(near.row) })),
    })),
  );
  const none = `No label among ${counted(rows, "picture")} looks wrong.`;
  return {
    widget: "mistakes",
    body:
      shown.length === 0
        ? `<p class="pl-none">${none}</p>`
        : evidenceMarkup(evidence, "Nearest other pictures", options.open ?? 6, (n) => counted(n, "more picture")),
    caption: caption(found, shown.length, options),
    drawing: drawEvidence(evidence, (n) => `and ${counted(n, "more picture")}`),
    text: shown.length === 0 ? [none] : shown.map((mistake) => textOf(mistake, found)),
  };
}

function lines({ given, suggested, givenConfidence, suggestedConfidence }: LabelMistake): string[] {
  return [
    `rather ${suggested}`,
    `${percent(suggestedConfidence)} sure`,
    `labelled ${given}`,
    `${percent(givenConfidence)} sure`,
  ];
}

function textOf(mistake: LabelMistake, { pictures }: LabelMistakes): string {
  const { row, given, suggested, givenConfidence, suggestedConfidence, neighbours } = mistake;
  const name = pictures?.[row] ? shortName(pictures[row].name) : `row ${row}`;
  return (
    `${name}: labelled ${given} (${percent(givenConfidence)} sure), rather ${suggested} (${percent(suggestedConfidence)}); ` +
    `of ${counted(neighbours.length, "neighbour")} ${mistake.neighboursSuggested} ${suggested}, ${mistake.neighboursGiven} ${given}`
  );
}

function caption(found: LabelMistakes, shown: number, options: FigureOptions) {
  const { mistakes, rows, head, folds } = found;
  const left = mistakes.length > shown ? ` The first ${count(shown)} are drawn.` : "";
  return {
    shows: `${counted(mistakes.length, "label")} of ${count(rows)} worth a look, since they may be wrong, by ${head} on ${modelAtSize(options.modelName ?? found.modelName, options.size)}, the likeliest first.${left}`,
    reading: `Each picture was judged by a classifier that never saw it (cross-validation in ${count(folds)} parts): below it the label that it should rather have and the one that it has, both with that classifier's confidence. At the right its nearest pictures; a filled dot marks those with the suggested label.`,
    lookFor:
      "pictures that plainly show the suggested thing. Nothing was changed: unusual but right pictures are listed too.",
  };
}
