import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectFile } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";

const run = promisify(execFile);

describe("patchlab run", () => {
  const folder = temporaryFolder();
  const patchlab = (...args: string[]) =>
    run(process.execPath, [projectFile("dist/cli/main.js"), "run", ...args], { cwd: folder() });

  function place(name: string, ...cells: (string | { source: string; tags: string[] })[]): string {
    const full = cells.map((cell) => {
      const { source, tags } = typeof cell === "string" ? { source: cell, tags: [] } : cell;
      return { cell_type: "code", execution_count: null, metadata: { tags }, outputs: [], source };
    });
    const kernelspec = { display_name: "patchlab", language: "typescript", name: "patchlab" };
    const path = join(folder(), name);
    writeFileSync(path, JSON.stringify({ cells: full, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 4 }));
    return path;
  }

  async function failure(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    try {
      await patchlab(...args);
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
    throw new Error(`patchlab run ${args.join(" ")} did not fail`);
  }

  it("puts parameters in place of those of the tagged cell, writes another file and leaves the notebook alone", async () => {
    const path = place(
      "with parameters.ipynb",
      { source: 'let size = 1, name: "none" | "ü = x" = "none", id: string | number = 0;', tags: ["parameters"] },
      "size * 2 + name + id",
    );
    const before = readFileSync(path);
    const { stdout, stderr } = await patchlab(
      path,
      "--output",
      "out.ipynb",
      "--parameters",
      "size=21",
      "--parameters",
      "name=ü = x",
      "--parameters",
      "nmae=1",
      "--parameters",
      "id=12345678901234567890",
    );
    assert.match(stdout, /all 3 cells ran\. The notebook with its outputs is in out\.ipynb\./);
    assert.match(stderr, /the cell tagged parameters does not declare nmae: check the spelling/);
    assert.deepEqual(readFileSync(path), before);
    const { cells } = JSON.parse(readFileSync(join(folder(), "out.ipynb"), "utf8"));
    assert.deepEqual(cells.at(-1).outputs[0].data["text/plain"], ["42ü = x12345678901234567890"]);
    assert.deepEqual(cells[1].metadata.tags, ["injected-parameters"]);
  });

  it("exits with 1 and names the cell and the line of an error, in text and in JSON", async () => {
    const path = place(
      "failing.ipynb",
      "const list: number[] = [1];",
      'const x = list[0]!;\n\nif (x > 0) {\n  throw new RangeError("no " + x);\n}',
    );
    const { code, stdout } = await failure(path);
    assert.equal(code, 1);
    assert.match(stdout, /failing\.ipynb: cell 2, line 4, failed with RangeError: no 1\n/);
    const { stdout: json } = await failure(path, "--json");
    assert.deepEqual(JSON.parse(json)[0].error, { cell: 1, line: 4, ename: "RangeError", evalue: "no 1" });
    const typed = place("typed.ipynb", '\nconst n: number =\n  "text";');
    assert.match((await failure(typed)).stdout, /cell 1, line 2, failed with CompileError: 2:7 - Type 'string'/);
  });

  it("exits with 2 for several notebooks into one file, the notebook as its own output, and what is no parameter", async () => {
    const path = place("one.ipynb", "1");
    const cases: [RegExp, string[]][] = [
      [/--output is one file, but there are 2 notebooks/, [path, path, "--output", "x.ipynb"]],
      [/--output is .*one\.ipynb, which is one of the files to read/, [path, "--output", path]],
      [/--output.*--write/, [path, "--output", "x.ipynb", "--write"]],
      [/--parameters.*--write/, [path, "--parameters", "a=1", "--write"]],
      [/Give name=value/, [path, "--parameters", "size"]],
      [/a is given twice/, [path, "--parameters", "a=1", "--parameters", "a=2"]],
    ];
    for (const [message, args] of cases) {
      const { code, stderr } = await failure(...args);
      assert.match(stderr, message);
      assert.equal(code, 2);
    }
  });

  it("exits with 1 and a sentence for what is no notebook of TypeScript in nbformat 4", async () => {
    const broken = (name: string, text: string): string => {
      writeFileSync(join(folder(), name), text);
      return name;
    };
    const python = { kernelspec: { name: "python3", language: "python", display_name: "Python 3" } };
    const cases: [RegExp, string][] = [
      [/^patchlab: text\.ipynb: expected a notebook, but it is not JSON/m, broken("text.ipynb", "print(1)")],
      [
        /expected a notebook of nbformat 4, not 3: open and save it in Jupyter/,
        broken("old.ipynb", '{"nbformat":3,"worksheets":[]}'),
      ],
      [
        /its language is python/,
        broken("py.ipynb", JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: python, cells: [] })),
      ],
    ];
    for (const [message, path] of cases) {
      const { code, stderr } = await failure(path);
      assert.match(stderr, message);
      assert.equal(code, 1);
    }
  });
});
