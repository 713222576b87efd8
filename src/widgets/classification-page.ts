/** A classifier as a page. */
import type { TrainingNotes } from "../core/classify/head.js";
import type { ClassificationReport } from "../core/evaluate/classification-report.js";
import type { LabelEfficiency } from "../core/evaluate/label-efficiency.js";
import type { LabelMistakes } from "../core/evaluate/label-mistakes.js";
import type { FigureOptions } from "./bundle.js";
import { classificationPart } from "./classification-figure.js";
import { efficiencyPart } from "./efficiency-chart.js";
import { pageBundle } from "./figure.js";
import { labelMistakesPart } from "./label-mistakes-grid.js";
import { learningPart } from "./learning-curves.js";
import type { PageContent, PageSection } from "./page.js";
import { count, counted, listed, sentence, settingsWords } from "./wording.js";

/** What is known of a classifier; what is missing has no section. */
export interface ClassificationFindings extends Pick<FigureOptions, "modelName" | "size"> {
  readonly report: ClassificationReport;
  /** what classified, such as "logistic regression" */
  readonly head?: string;
  readonly notes?: TrainingNotes;
  readonly efficiency?: LabelEfficiency;
  readonly mistakes?: LabelMistakes;
}

/**
 * What `page` makes a document of.
 *
 * @throws ArgumentError when the report is of no row
 */
export async function classificationPage(findings: ClassificationFindings, title?: string): Promise<PageContent> {
  const { report, head, modelName } = findings;
  const by = [head === undefined ? "a classifier" : head, modelName].filter((name) => name !== undefined).join(" on ");
  return {
    title: title ?? `Classification into ${counted(report.classes.length, "class", "classes")}`,
    intro: `${sentence(by)} names ${count(report.correct)} of ${counted(report.rows, "picture")} rightly that it was not trained on.`,
    sections: await classificationSections(findings),
  };
}

/**
 * The report, the curves of its training, how few labels would have been enough, and the labels worth a look.
 *
 * @throws ArgumentError when the report is of no row
 */
export async function classificationSections(findings: ClassificationFindings): Promise<PageSection[]> {
  const { report, notes, efficiency, mistakes, ...known } = findings;
  const sections: PageSection[] = [
    {
      heading: "How well it recognises",
      ...trainingWords(notes),
      bundle: pageBundle(classificationPart(report, known)),
    },
  ];
  if (mistakes)
    sections.push({
      heading: "Labels worth a look",
      bundle: pageBundle(await labelMistakesPart(mistakes, known)),
    });
  if (efficiency && efficiency.points.length > 0)
    sections.push({
      heading: "How few labels are enough",
      bundle: pageBundle(efficiencyPart(efficiency, { ...known, chance: report.majorityShare })),
    });
  if (notes?.epochs?.length)
    sections.push({ heading: "How it learned", bundle: pageBundle(learningPart(notes, known)) });
  return sections;
}

/** "Chosen on validation pictures: C = 0.1.", and what was out of the ordinary. */
function trainingWords(notes: TrainingNotes | undefined): { text?: string } {
  const chosen = settingsWords(notes?.chosen ?? {});
  const words = chosen.length === 0 ? [] : [`Settings of the training: ${listed(chosen)}.`];
  const text = [...words, ...(notes?.remarks ?? [])].join(" ");
  return text === "" ? {} : { text };
}
