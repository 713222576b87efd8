/** All that a comparison found, as one figure. */
import type { Comparison } from "../core/compare/comparison.js";
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { hasDisagreement, headings } from "./compared-models.js";
import { failedChecks } from "./comparison-checks.js";
import { comparisonPart } from "./comparison-figure.js";
import { type ConfidentMistakesOptions, mistakesPart } from "./confident-mistakes.js";
import { efficiencyPart, hasEfficiency } from "./efficiency-chart.js";
import { bundleOf } from "./figure.js";
import { joined, type Part } from "./joined.js";
import { type OnlyOneRightOptions, onlyOnePart } from "./only-one-right.js";
import { gridSide, picturePool } from "./picture-pool.js";
import { counted } from "./wording.js";

export interface ComparisonReportOptions extends FigureOptions {
  /** whose mistakes are shown @default the one that is right most often */
  readonly model?: string;
  /** the head whose pictures are shown @default the one with which the models are right most often */
  readonly head?: string;
}

/**
 * Draws a comparison whole: the table with its checks, the curves of accuracy by labelled pictures, and, folded, the
 * pictures that only one model gets right and the most confident mistakes. Of a broken comparison only the table is
 * drawn, below what broke it.
 *
 * @throws ArgumentError when the comparison has no entry, or no such model or head
 */
export async function comparisonReport(
  comparison: Comparison,
  options: ComparisonReportOptions = {},
): Promise<MimeBundle> {
  const main = comparisonPart(comparison);
  const title = `${counted(comparison.models.length, "model")} compared`;
  const parts = await partsOf(comparison, options);
  if (parts.length === 0) return bundleOf(main, options, title);
  const { shows, lookFor } = main.caption;
  const still = parts.some(({ folded }) => folded)
    ? "Pictures that only one model gets right, and mistakes, are in the page."
    : "";
  return bundleOf(
    {
      widget: "comparison",
      ...joined([
        { figure: { ...main, caption: { ...main.caption, shows: "How to read the table.", lookFor: "" } } },
        ...parts,
      ]),
      caption: { shows, still, ...(lookFor === undefined ? {} : { lookFor }) },
    },
    options,
    title,
  );
}

async function partsOf(comparison: Comparison, { model, head }: ComparisonReportOptions): Promise<Part[]> {
  if (failedChecks(comparison.checks).length > 0) return [];
  const chosen = picked(model, head);
  const pool = picturePool(gridSide);
  const parts: Part[] = hasEfficiency(comparison)
    ? [{ heading: headings.efficiency, figure: efficiencyPart(comparison) }]
    : [];
  if (hasDisagreement(comparison, chosen.head))
    parts.push({
      heading: headings.onlyOne,
      figure: await onlyOnePart(comparison, { ...chosen, open: 6, limit: 8 }, pool),
      folded: true,
    });
  parts.push({
    heading: headings.mistakes,
    figure: await mistakesPart(comparison, { ...chosen, limit: 6 }, pool),
    folded: true,
  });
  return parts;
}

function picked(model?: string, head?: string): ConfidentMistakesOptions & OnlyOneRightOptions {
  return { ...(model === undefined ? {} : { model }), ...(head === undefined ? {} : { head }) };
}
