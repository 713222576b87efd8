/** Three components of as many patches as four pictures have at 518 pixels, against ml-pca's SVD. */
import { pca as principalComponents } from "#dist/core/numeric/pca.js";
import { clustered, listsOf } from "./data.js";
import type { Report } from "./main.js";
import { compare } from "./measure.js";

export async function pca(report: Report): Promise<void> {
  const { PCA } = await import("ml-pca");
  const x = clustered(4 * 37 * 37, 384);
  const lists = listsOf(x);
  report(
    "pca.384.vs.ml-pca",
    await compare(
      () => principalComponents(x),
      () => new PCA(lists, { method: "SVD" }),
      1,
    ),
  );
}
