/** The page of `patchlab classify --out`. */
import { basename } from "node:path";
import type { HeadReport } from "../core/collection/train-head.js";
import { given } from "../core/given.js";
import type { StoredEmbeddings } from "../core/store/feature-store.js";
import { classificationPage } from "../widgets/classification-page.js";
import { type PageContent, page } from "../widgets/page.js";
import { untestableText } from "./classify-text.js";
import { writeResult } from "./write-file.js";

/** @param source the store, for the title */
export async function writeReport(
  out: string,
  head: HeadReport,
  { modelName, size }: StoredEmbeddings,
  source: string,
): Promise<void> {
  await writeResult(out, page(await content(head, given({ modelName, size }), `Classes of ${basename(source)}`)));
}

async function content(
  { test, mistakes, notes, training }: HeadReport,
  known: Pick<Partial<StoredEmbeddings>, "modelName" | "size">,
  title: string,
): Promise<PageContent> {
  if (!test) return { title, intro: untestableText, sections: [] };
  return classificationPage(
    { report: test.report, head: training.head, notes, ...given({ mistakes }), ...known },
    title,
  );
}
