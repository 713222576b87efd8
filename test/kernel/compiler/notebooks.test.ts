import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CellNotebook, notebooks } from "../../support/cell-notebook.js";

interface Notebook {
  cells: { cell_type: string; source: string[] }[];
}

describe("the notebooks that ship with the project", () => {
  for (const name of readdirSync(notebooks).filter((file) => file.endsWith(".ipynb")))
    it(`every cell of ${name} passes the type check`, () => {
      const { cells } = JSON.parse(readFileSync(join(notebooks, name), "utf8")) as Notebook;
      const notebook = new CellNotebook();
      for (const { cell_type: type, source } of cells) {
        if (type !== "code") continue;
        assert.deepEqual(notebook.errors(source.join("")), [], source.join(""));
        const cell = notebook.compile(source.join(""));
        const names = [...cell.code.matchAll(/^ +(\w+): \[\(\) =>/gm)].map(([, word]) => word!);
        notebook.compiler.commit(cell.id, names);
      }
    });
});
