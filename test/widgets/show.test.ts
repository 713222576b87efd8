import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { trainHead } from "#dist/core/collection/train-head.js";
import type { CellExecution } from "#dist/core/display-hook.js";
import { ArgumentError, FileError } from "#dist/core/errors.js";
import { attentionMap } from "#dist/core/features/attention.js";
import { tokenNorms } from "#dist/core/features/token-norms.js";
import { evaluateRetrieval } from "#dist/core/retrieval/evaluate.js";
import { type MimeBundle, saveHtml, show, toBundle } from "#dist/widgets/index.js";
import { madeComparison, madeEfficiency, madeEpochs, madeLabelMistakes } from "../support/comparisons.js";
import { projectFile } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";
import {
  madeAttention,
  madeMatch,
  madeProjection,
  madeRegionMatch,
  madeSearch,
  madeTokens,
  pictureRecord,
  shoeMap,
  shoeNames,
  shoePatches,
} from "./results.js";

const display = Symbol.for("patchlab.display");
const global = globalThis as Record<symbol, unknown>;

const vectors = { data: Float32Array.of(1, 0, 0.9, 0.1, 0, 1, 0.1, 0.9, -1, -1), rows: 5, cols: 2 };

describe("toBundle(result)", () => {
  it("picks the figure by what the result holds", async () => {
    const pictures = await Promise.all(shoeNames.map(pictureRecord));
    const matrix = { data: new Float32Array(6), rows: 2, cols: 3 };
    const attentions = await madeAttention(2);
    const comparison = await madeComparison({ perKind: 1 });
    const expected: [Parameters<typeof toBundle>[0], string][] = [
      [shoeMap(), "patch-map"],
      [madeSearch(), "retrieval"],
      [madeProjection(), "embedding-map"],
      [attentions, "attention"],
      [attentions[0], "attention"],
      [attentionMap(attentions[0]), "attention"],
      [tokenNorms(await madeTokens()), "token-norms"],
      [madeMatch(), "match"],
      [madeRegionMatch(), "match"],
      [evaluateRetrieval(vectors, ["a", "a", "b", "b", "c"]), "table"],
      [{ pictures, patches: await shoePatches() }, "gallery"],
      [pictures, "gallery"],
      [pictures.map(({ source }) => source), "gallery"],
      [pictures[0], "gallery"],
      [{ data: new Uint8Array(3), width: 1, height: 1 } as never, "gallery"],
      [matrix, "table"],
      [comparison, "comparison"],
      [comparison.entries[0].report, "classification"],
      [
        await trainHead({ vectors, labels: ["a", "a", "b", "b", "c"] }, { head: "centroid", duplicateThreshold: 1 }),
        "classification",
      ],
      [madeLabelMistakes(comparison, 1), "mistakes"],
      [madeEfficiency(3), "line-chart"],
      [[madeEfficiency(3), madeEfficiency(2)], "line-chart"],
      [madeEpochs(), "line-chart"],
      [{ chosen: {}, epochs: madeEpochs() }, "line-chart"],
    ];
    for (const [result, widget] of expected)
      assert.match((await toBundle(result))["text/html"], new RegExp(`data-widget="${widget}"`));
  });

  it("says what can be shown when it gets something else", async () => {
    for (const value of [undefined, 3, "a.jpg", {}, { a: 1 }, { queries: 3 }, [1, 2], new Float32Array(3)])
      await assert.rejects(toBundle(value as never), (error: Error) => {
        assert.ok(error instanceof ArgumentError);
        assert.match(
          error.message,
          /what can be shown is .*a patch map, a search result, retrieval scores, a projection/,
        );
        return true;
      });
  });
});

describe("show(result) in a notebook", () => {
  const shown: MimeBundle[] = [];
  let execution: CellExecution | undefined;
  before(async () => {
    const hook = (bundle: MimeBundle): number => shown.push(bundle);
    global[display] = Object.assign(hook, { execution: () => execution });
    // as if no cell's output held Plotly
    execution = { replaced: false };
    await show(madeProjection(), { plotly: true });
    execution.replaced = true;
    execution = undefined;
    shown.length = 0;
  });
  after(() => {
    delete global[display];
  });

  it("brings Plotly with the first figure that needs it, and again when asked", async () => {
    const projection = await madeProjection();
    await show({ data: new Float32Array(6), rows: 2, cols: 3 });
    await show(projection);
    await show(Promise.resolve(projection));
    await show(projection, { plotly: true });
    const brings = shown.map((bundle) => bundle["text/html"].includes('class="patchlab-plotly"'));
    assert.deepEqual(brings, [false, true, false, true]);
    assert.ok(shown[2]["text/html"].length < 300_000);
  });

  it("brings Plotly again when the cell that brought it has run again, and not when another has", async () => {
    const projection = await madeProjection();
    const brings = async (cell: CellExecution, options = {}): Promise<boolean> => {
      execution = cell;
      await show(projection, options);
      return (shown.at(-1)?.["text/html"] ?? "").includes('class="patchlab-plotly"');
    };
    const [first, second] = [{ replaced: false }, { replaced: false }];
    assert.equal(await brings(first, { plotly: true }), true);
    assert.equal(await brings(second), false);
    second.replaced = true;
    assert.equal(await brings({ replaced: false }), false);
    first.replaced = true;
    assert.equal(await brings({ replaced: false }), true);
    assert.equal(await brings({ replaced: false }), false);
  });

  it("returns nothing, so that a cell that ends with it does not show the figure twice", async () => {
    assert.equal(await show({ data: new Float32Array(6), rows: 2, cols: 3 }), undefined);
    assert.deepEqual(Object.keys(shown.at(-1) ?? {}).sort(), ["image/png", "text/html", "text/plain"]);
  });
});

describe("show(result) in Deno", () => {
  it("returns a bundle that JSON can hold, with the method that Deno asks for", async () => {
    const global = globalThis as { Deno?: unknown };
    global.Deno = {};
    try {
      const bundle = await show({ data: new Float32Array(6), rows: 2, cols: 3 });
      assert.deepEqual(Object.keys(bundle ?? {}).sort(), ["image/png", "text/html", "text/plain"]);
      const method = (bundle as unknown as Record<symbol, () => MimeBundle>)[Symbol.for("Jupyter.display")];
      assert.deepEqual(method(), { ...bundle });
    } finally {
      delete global.Deno;
    }
  });
});

describe("show(result) in a shell", () => {
  it("prints the figure's text and nothing else", () => {
    const code = `import { show } from "#dist/widgets/index.js";
      await show({ data: Float32Array.of(1, 2), rows: 1, cols: 2 }, { title: "Two numbers" });`;
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      cwd: projectFile(""),
      encoding: "utf8",
    });
    assert.equal(run.stderr, "");
    assert.match(run.stdout, /^Two numbers\n1 {2}2\nA matrix of 1 row and 2 columns\./);
  });
});

describe("saveHtml(figures, path)", () => {
  const folder = temporaryFolder();

  it("writes a page with all of them", async () => {
    const table = await toBundle({ data: new Float32Array(6), rows: 2, cols: 3 });
    const path = join(folder(), "two figures.html");
    await saveHtml([table, table], path, { title: "Two" });
    const html = readFileSync(path, "utf8");
    assert.match(html, /<title>Two<\/title>/);
    assert.equal(html.split("<figure").length - 1, 2);
  });

  it("names the file that cannot be written", async () => {
    const table = await toBundle({ data: new Float32Array(6), rows: 2, cols: 3 });
    const path = join(folder(), "missing", "x.html");
    await assert.rejects(saveHtml(table, path), (error: Error) => error instanceof FileError && error.path === path);
  });
});
