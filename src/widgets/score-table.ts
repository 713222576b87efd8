/** How well a search finds its like, as a table: precision and recall among the first k. */
import type { RetrievalScores } from "../core/retrieval/evaluate.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { contentWidth, type Drawing, ink, svgText } from "./svg.js";
import { count, counted, decimal, modelAtSize } from "./wording.js";

const heads = ["among the first", "precision", "recall"];

/**
 * Draws the record of `evaluateRetrieval`.
 *
 * @returns HTML without Plotly, PNG and text
 */
export async function scoreTable(scores: RetrievalScores, options: FigureOptions = {}): Promise<MimeBundle> {
  const lines = scores.precision.map(({ k, value }, i) => [
    count(k),
    score(value),
    score(scores.recall[i]?.value ?? Number.NaN),
  ]);
  return bundleOf(
    {
      widget: "table",
      body: markup(lines),
      caption: caption(scores, options),
      drawing: draw(lines),
      text: lines.map(([k, precision, recall]) => `among the first ${k}: precision ${precision}, recall ${recall}`),
    },
    options,
    `Retrieval scores of ${asked(scores.queries)}`,
  );
}

/** Without a query there is no mean. */
function score(value: number): string {
  return Number.isFinite(value) ? decimal(value, 3) : "–";
}

function asked(queries: number): string {
  return queries === 1 ? "1 query" : `${count(queries)} queries`;
}

function caption({ meanAveragePrecision, queries, leftOut }: RetrievalScores, options: FigureOptions): Caption {
  const by = options.modelName === undefined ? "" : ` by ${modelAtSize(options.modelName, options.size)}`;
  const without =
    leftOut > 0
      ? ` ${counted(leftOut, "row")} whose label no other row has ${leftOut === 1 ? "is" : "are"} left out.`
      : "";
  return {
    shows: `Mean average precision ${score(meanAveragePrecision)} of 1 over ${asked(queries)}${by}.${without}`,
    reading:
      "Each row was a query among all others; those with its label count as found. Precision is the share of the first " +
      "k that has the label, recall the share of all with the label that is among the first k; both run from 0 to 1.",
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
