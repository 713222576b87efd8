/** Programs of Jupyter's that run notebooks without anybody watching: nbconvert and papermill. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { testBrowser } from "../support/chromium.js";
import { projectFile } from "../support/fixtures.js";
import { jupyterPython, jupyterSurroundings } from "../support/jupyter.js";
import { temporaryFolder } from "../support/temporary.js";

interface Cell {
  source: string | string[];
  metadata: { tags?: string[] };
  // biome-ignore lint/suspicious/noExplicitAny: outputs as nbformat has them
  outputs: any[];
  execution_count: number | null;
}

interface Failure {
  code: number;
  stderr: string;
}

describe("programs that run notebooks", function () {
  this.timeout(180_000);
  const python = jupyterPython();
  const folder = temporaryFolder();
  const browser = testBrowser();
  let env: NodeJS.ProcessEnv;

  before(async () => {
    await mkdir(join(folder(), "home"));
    env = jupyterSurroundings(join(folder(), "home"));
  });

  const run = (module: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(python(), ["-m", module, ...args], { env, cwd: folder() });

  function write(name: string, ...cells: (string | { source: string; tags: string[] })[]): void {
    const made = cells.map((cell, i) => {
      const { source, tags } = typeof cell === "string" ? { source: cell, tags: [] } : cell;
      return { cell_type: "code", id: `c${i}`, metadata: { tags }, source, outputs: [], execution_count: null };
    });
    const kernelspec = { name: "patchlab", display_name: "patchlab (TypeScript)", language: "typescript" };
    const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: made };
    writeFileSync(join(folder(), name), JSON.stringify(notebook));
  }

  const cellsOf = (name: string): Cell[] => JSON.parse(readFileSync(join(folder(), name), "utf8")).cells;

  it("nbconvert stores what each cell printed, showed and gave, with its number", async () => {
    write(
      "small.ipynb",
      "const half = 21;\nconsole.log('printed');",
      "display({ 'text/html': '<b>shown</b>' });\n2 * half",
    );
    await run("nbconvert", "--execute", "--to", "notebook", "--output", "done.ipynb", "small.ipynb");
    const [first, second] = cellsOf("done.ipynb") as [Cell, Cell];
    assert.deepEqual([first.execution_count, second.execution_count], [1, 2]);
    assert.deepEqual(
      first.outputs.map(({ output_type, name, text }) => [output_type, name, [text].flat().join("")]),
      [["stream", "stdout", "printed\n"]],
    );
    const shown = second.outputs.map(({ output_type, data }) => [output_type, joined(data)] as const);
    assert.equal(shown.length, 2);
    assert.equal(shown[0]![0], "display_data");
    assert.equal(shown[0]![1]["text/html"], "<b>shown</b>");
    assert.deepEqual(shown[1], ["execute_result", { "text/plain": "42" }]);
    assert.equal(second.outputs[1].execution_count, 2);
  });

  it("nbconvert stops at a cell that throws and names error and line", async () => {
    write("failing.ipynb", "const one = 1;", 'const two = 2;\nthrow new RangeError("on purpose");', "'never'");
    await assert.rejects(run("nbconvert", "--execute", "--to", "notebook", "failing.ipynb"), (error: Failure) => {
      assert.equal(error.code, 1);
      assert.match(error.stderr, /RangeError: on purpose/);
      assert.match(error.stderr, /cell \[2\]:2/);
      return true;
    });
  });

  it("nbconvert makes a page of the quickstart whose figures are drawn and answer", async () => {
    for (const name of ["notebooks", "images"]) await cp(projectFile(name), join(folder(), name), { recursive: true });
    await run("nbconvert", "--execute", "--to", "html", "notebooks/01-quickstart.ipynb");
    const { page } = await browser.open(pathToFileURL(join(folder(), "notebooks/01-quickstart.html")).href);
    await page.locator(".pl-map .pl-pictures-layer").first().waitFor();
    assert.equal(await page.locator(".pl-map .points path").count(), 126);
    const [share, slider] = [page.locator(".pl-share").first(), page.locator(".pl-slider input").first()];
    const before = await share.textContent();
    await slider.focus();
    for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
    await page.waitForFunction((old) => document.querySelector(".pl-share")?.textContent !== old, before);
    assert.equal(await page.locator(".pl-select").first().isVisible(), false, "selecting is offered without a kernel");
  });

  it("papermill runs a notebook, and sets its parameters by way of a language that writes them alike", async () => {
    const parameters = { source: 'const threshold = 0.5;\nconst name = "none";', tags: ["parameters"] };
    write("asked.ipynb", parameters, 'name + ": " + 2 * threshold');
    await run("papermill", "asked.ipynb", "plain.ipynb");
    assert.equal(value(cellsOf("plain.ipynb").at(-1)!), "none: 1");
    const given = ["-p", "threshold", "0.4", "-p", "name", "red shoes"];
    await run("papermill", "--language", ".net-csharp", "asked.ipynb", "set.ipynb", ...given);
    const cells = cellsOf("set.ipynb");
    assert.deepEqual(
      cells.map(({ metadata }) => metadata.tags),
      [["parameters"], ["injected-parameters"], []],
    );
    assert.equal(value(cells.at(-1)!), "red shoes: 0.8");
  });
});

/** Data whose texts are one string each; files have them by lines. */
function joined(data: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([type, text]) => [type, [text].flat().join("")]));
}

/** A cell's result as text, without the quotes of a string. */
function value({ outputs }: Cell): string {
  const [{ data }] = outputs;
  return [data["text/plain"]]
    .flat()
    .join("")
    .replaceAll(/^['"`]|['"`]$/g, "");
}
