/** The notebooks that ship with the project: stored executed, and still running as they are. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { runNotebook } from "#dist/kernel/notebook/run-notebook.js";
import { projectFile } from "../support/fixtures.js";

interface Output {
  output_type: string;
  data?: Record<string, unknown>;
}
interface Cell {
  cell_type: string;
  execution_count?: number | null;
  source: string | string[];
  outputs?: Output[];
}

const names = readdirSync(projectFile("notebooks")).filter((name) => name.endsWith(".ipynb"));

/** What a reader sees of a cell: the kinds of its outputs, in order. */
function kinds(outputs: readonly Output[] | undefined): string[] {
  return (outputs ?? []).map(({ output_type, data }) => [output_type, ...Object.keys(data ?? {}).sort()].join(" "));
}

describe("the notebooks", () => {
  it("are there", () => {
    assert.ok(names.includes("01-quickstart.ipynb"));
  });

  for (const name of names) {
    const path = projectFile(`notebooks/${name}`);
    const stored: { cells: Cell[]; metadata: { kernelspec: { name: string } } } = JSON.parse(
      readFileSync(path, "utf8"),
    );
    const code = stored.cells.filter((cell) => cell.cell_type === "code");

    it(`${name} is stored executed, in order, without an error, for the patchlab kernel`, () => {
      assert.equal(stored.metadata.kernelspec.name, "patchlab");
      assert.deepEqual(
        code.map((cell) => cell.execution_count),
        code.map((_, i) => i + 1),
      );
      assert.ok(code.every((cell) => cell.outputs?.every((o) => o.output_type !== "error")));
    });

    it(`${name} can be read where no script runs: every figure has a PNG and text beside its HTML`, () => {
      const figures = code.flatMap((cell) => cell.outputs ?? []).filter((o) => o.data && "text/html" in o.data);
      assert.ok(figures.length > 0);
      for (const { data } of figures)
        assert.deepEqual(Object.keys(data ?? {}).sort(), ["image/png", "text/html", "text/plain"]);
    });

    it(`${name} is smaller than 5 MB and holds no path of the machine that ran it`, () => {
      assert.ok(statSync(path).size < 5e6);
      const text = readFileSync(path, "utf8");
      assert.ok(!text.includes(projectFile(".").replace(/\/$/, "")));
      // what a notebook makes for itself in the system's folder for such things says nothing of the machine
      assert.doesNotMatch(text, /title=\\"\/(?!tmp\/patchlab-notebook-)/);
    });

    it(`${name} runs and gives the outputs that are stored`, async () => {
      const run = await runNotebook(path, { timeoutSeconds: 300 });
      assert.equal(run.failure?.evalue, undefined);
      const fresh = (run.notebook as unknown as { cells: Cell[] }).cells.filter((cell) => cell.cell_type === "code");
      assert.deepEqual(
        fresh.map((cell) => kinds(cell.outputs)),
        code.map((cell) => kinds(cell.outputs)),
      );
    });
  }
});
