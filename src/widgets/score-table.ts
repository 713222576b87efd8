/** How well a search finds its like, as tables: precision and recall among the first k, of all queries and by label. */
import type { RetrievalScores } from "../core/retrieval/evaluate.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { drawLabels, labelMarkup, worstFirst } from "./label-scores.js";
import { contentWidth, type Drawing, ink, svgText } from "./svg.js";
import { count, counted, modelAtSize, score } from "./wording.js";

const heads = ["among the first", "precision", "recall"];

export interface ScoreTableOptions extends FigureOptions {
  /** labels that are open, those found worst first; the others fold @default 12 */
  readonly openLabels?: number;
}

/**
 * Draws the record of `evaluateRetrieval`.
 *
 * @returns HTML without Plotly, PNG and text
 */
export async function scoreTable(scores: RetrievalScores, options: ScoreTableOptions = {}): Promise<MimeBundle> {
  const lines = scores.precision.map(({ k, value }, i) => [
    count(k),
    score(value),
    score(scores.recall[i]?.value ?? Number.NaN),
  ]);
  // one label alone has the scores of all
  const labelled = scores.byLabel.length > 1;
  return bundleOf(
    {
      widget: "table",
      body: markup(lines) + (labelled ? labelMarkup(scores.byLabel, options.openLabels ?? 12) : ""),
      caption: caption(scores, options, labelled),
      drawing: labelled ? under(draw(lines), drawLabels(scores.byLabel)) : draw(lines),
      text: [
        ...lines.map(([k, precision, recall]) => `among the first ${k}: precision ${precision}, recall ${recall}`),
        ...(labelled ? [labelText(scores)] : []),
      ],
    },
    options,
    `Retrieval scores of ${counted(scores.queries, "query", "queries")}`,
  );
}

/** In text, the few labels that are worth a look. */
function labelText({ byLabel }: RetrievalScores): string {
  const worst = worstFirst(byLabel)
    .slice(0, 5)
    .map(({ label, meanAveragePrecision }) => `${label} ${score(meanAveragePrecision)}`);
  return `mean average precision by label, the worst found first: ${worst.join(", ")}${byLabel.length > 5 ? ", …" : ""}`;
}

function caption(
  { meanAveragePrecision, queries, leftOut }: RetrievalScores,
  options: FigureOptions,
  labelled: boolean,
): Caption {
  const by = options.modelName === undefined ? "" : ` by ${modelAtSize(options.modelName, options.size)}`;
  const without =
    leftOut > 0
      ? ` ${counted(leftOut, "row")} whose label no other row has ${leftOut === 1 ? "is" : "are"} left out.`
      : "";
  return {
    shows: `Mean average precision ${score(meanAveragePrecision)} of 1 over ${counted(queries, "query", "queries")}${by}.${without}`,
    reading:
      "Each row was a query among all others; those with its label count as found. Precision is the share of the first " +
      "k that has the label, recall the share of all with the label that is among the first k; both run from 0 to 1. " +
      "Average precision rewards those that come early.",
    ...(labelled
      ? { lookFor: "labels far below the mean: their pictures differ among themselves, or look like another label's." }
      : {}),
  };
}

function under(above: Drawing, below: Drawing): Drawing {
  const top = above.height + 14;
  return {
    elements: `${above.elements}<g transform="translate(0 ${top})">${below.elements}</g>`,
    height: top + below.height,
  };
}

function markup(lines: readonly string[][]): string {
  const head = heads.map((name) => `<th scope="col">${name}</th>`).join("");
  const body = lines.map(([k, ...values]) => {
    const cells = values.map((value) => `<td>${value}</td>`).join("");
    return `<tr><th scope="row">${k}</th>${cells}</tr>`;
  });
  return `<div class="pl-scroll"><table class="pl-table"><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function draw(lines: readonly string[][]): Drawing {
  const width = contentWidth / 6;
  const rows = [heads, ...lines].map((line, i) =>
    line
      .map((cell, j) =>
        svgText(cell, (j + 1) * width, 14 + i * 20, { anchor: "end", colour: i > 0 && j > 0 ? ink.text : ink.muted }),
      )
      .join(""),
  );
  return { elements: rows.join(""), height: rows.length * 20 };
}
