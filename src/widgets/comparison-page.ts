/** A comparison as a page: what came out in two sentences, then every figure. */
import type { Comparison, ComparisonEntry } from "../core/compare/comparison.js";
import { classificationPart } from "./classification-figure.js";
import { bestHead, entryOf, hasDisagreement, headings } from "./compared-models.js";
import { brokenWords, failedChecks } from "./comparison-checks.js";
import { comparisonPart } from "./comparison-figure.js";
import { mistakesPart } from "./confident-mistakes.js";
import { efficiencyPart, hasEfficiency } from "./efficiency-chart.js";
import { pageBundle } from "./figure.js";
import { onlyOnePart } from "./only-one-right.js";
import type { PageContent, PageSection } from "./page.js";
import { pairSentences } from "./paired-words.js";
import { gridSide, type PicturePool, picturePool } from "./picture-pool.js";
import { untrainedWords } from "./untrained-classes.js";
import { count, counted, listed, named } from "./wording.js";

export interface ComparisonPageOptions {
  /** @default how many models were compared */
  readonly title?: string;
  /** the head whose pictures are shown @default the one with which the models are right most often */
  readonly head?: string;
}

/**
 * What `page` makes a document of.
 *
 * @throws ArgumentError when the comparison has no entry, or no such head
 */
export async function comparisonPage(
  comparison: Comparison,
  options: ComparisonPageOptions = {},
): Promise<PageContent> {
  const { models, seed } = comparison;
  return {
    title: options.title ?? `${counted(models.length, "model")} compared`,
    sections: await comparisonSections(comparison, options),
    intro: intro(comparison, options.head ?? bestHead(comparison)),
    footer: `Seed ${seed}. ${models.map(({ name, fingerprint }) => `${name}: weights and reading ${fingerprint.slice(0, 12)}`).join("; ")}.`,
  };
}

function intro(comparison: Comparison, head: string): string {
  const failed = failedChecks(comparison.checks);
  if (failed.length > 0) return brokenWords(failed);
  const entries = comparison.entries.filter((entry) => entry.head === head);
  const right = (entry: ComparisonEntry): string => `${named(entry.model)} on ${count(entry.report.correct)}`;
  const ranked = [...entries].sort((a, b) => b.report.correct - a.report.correct);
  const pairs = comparison.pairs.filter((pair) => pair.head === head);
  const verdicts = pairSentences(comparison.pairs, pairs);
  const unknown = untrainedWords(comparison);
  const untrained = unknown === "" ? "" : ` ${unknown}`;
  const told =
    verdicts.length <= 3 ? verdicts.join(" ") : "Which differences are more than chance stands below the table.";
  return `With ${head}, of ${counted(comparison.tested.length, "tested picture")}: ${listed(ranked.map(right))} right.${untrained}\n\n${told}`;
}

/**
 * The sections of a page on a comparison: the table, the curves, the pictures that only one model gets right, and for
 * each model what it mixes up and its most confident mistakes. Of a broken comparison only the first.
 *
 * @throws ArgumentError when the comparison has no entry, or no such head
 */
export async function comparisonSections(
  comparison: Comparison,
  { head = bestHead(comparison) }: Pick<ComparisonPageOptions, "head"> = {},
): Promise<PageSection[]> {
  const table = pageBundle(comparisonPart(comparison));
  if (failedChecks(comparison.checks).length > 0) return [{ heading: "What broke it", bundle: table }];
  const pool = picturePool(gridSide);
  const sections: PageSection[] = [{ heading: headings.table, bundle: table }];
  if (hasEfficiency(comparison))
    sections.push({ heading: headings.efficiency, bundle: pageBundle(efficiencyPart(comparison)) });
  if (hasDisagreement(comparison, head))
    sections.push({ heading: headings.onlyOne, bundle: pageBundle(await onlyOnePart(comparison, { head }, pool)) });
  for (const { name } of comparison.models) sections.push(...(await modelSections(comparison, name, head, pool)));
  return sections;
}

async function modelSections(
  comparison: Comparison,
  model: string,
  head: string,
  pool: PicturePool,
): Promise<PageSection[]> {
  const { report } = entryOf(comparison, model, head);
  const size = comparison.models.find(({ name }) => name === model)?.inputSize;
  const figure = classificationPart(report, {
    modelName: model,
    head,
    ...(size === undefined ? {} : { size }),
  });
  return [
    { heading: `What ${model} recognises`, bundle: pageBundle(figure) },
    {
      heading: `Where ${model} is surest and wrong`,
      bundle: pageBundle(await mistakesPart(comparison, { model, head }, pool)),
    },
  ];
}
