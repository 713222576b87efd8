import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError, FileError, FormatError } from "#dist/core/errors.js";
import {
  type CellRun,
  type NotebookRun,
  type RunNotebookOptions,
  runNotebook,
} from "#dist/kernel/notebook/run-notebook.js";
import { temporaryFolder } from "../../support/temporary.js";

interface Cell {
  code: string;
  tags?: string[];
}

const showBundle = `(globalThis as any)[Symbol.for("patchlab.display")]`;

function notebookText(cells: readonly (string | Cell)[]): string {
  const full = cells.map((cell, i) => {
    const { code, tags } = typeof cell === "string" ? { code: cell } : cell;
    const stale = [{ output_type: "stream", name: "stdout", text: "stale\n" }];
    const metadata = { own: i, ...(tags && { tags }) };
    return { cell_type: "code", execution_count: 9, id: `cell-${i}`, metadata, outputs: stale, source: code };
  });
  const title = { cell_type: "markdown", id: "title", metadata: {}, source: ["# Ünïcode"] };
  const kernelspec = { display_name: "patchlab (TypeScript)", language: "typescript", name: "patchlab" };
  const metadata = { kernelspec, own: { kept: true } };
  return JSON.stringify({ cells: [title, ...full], metadata, nbformat: 4, nbformat_minor: 5 });
}

function text(cell: CellRun, name: string): string {
  const streams = cell.outputs.filter((output) => output.output_type === "stream" && output.name === name);
  return streams.map((output) => (output as { text: string }).text).join("");
}

describe("runNotebook(path)", () => {
  const folder = temporaryFolder();
  let count = 0;

  function place(...cells: (string | Cell)[]): string {
    const path = join(folder(), `nötebook ${++count}.ipynb`);
    writeFileSync(path, notebookText(cells));
    return path;
  }

  function run(cells: (string | Cell)[], options?: RunNotebookOptions): Promise<NotebookRun> {
    return runNotebook(place(...cells), options);
  }

  it("collects streams, results, displays and the state that cells share, in order", async () => {
    const { ok, cells } = await run([
      'import { basename } from "path";\nconst name: string = basename(process.cwd());\nconsole.log("hé", 1); console.log("two"); console.error("err"); console.log("three");',
      "name",
      "await new Promise((resolve) => setTimeout(resolve, 5));\nconst later = await Promise.resolve([1, 2]);\nlater",
      "  ",
      `${showBundle}({ "text/html": "<b>ü</b>", "image/png": new Uint8Array([137, 80, 78, 71]), "text/plain": "ü" });`,
      'process.stdout.write(new Uint8Array([0xc3])); process.stdout.write(new Uint8Array([0xbc]));\nprocess.stdout.write("", () => console.log("called back"));\nawait new Promise(setImmediate);',
    ]);
    assert.equal(ok, true);
    assert.deepEqual(
      cells.map(({ index, executionCount, ok }) => [index, executionCount, ok]),
      [
        [1, 1, true],
        [2, 2, true],
        [3, 3, true],
        [5, 4, true],
        [6, 5, true],
      ],
    );
    assert.deepEqual(cells[0]!.outputs, [
      { output_type: "stream", name: "stdout", text: "hé 1\ntwo\n" },
      { output_type: "stream", name: "stderr", text: "err\n" },
      { output_type: "stream", name: "stdout", text: "three\n" },
    ]);
    const name = folder().split(/[\\/]/).at(-1)!;
    const result = { output_type: "execute_result", metadata: {} };
    assert.deepEqual(cells[1]!.outputs, [{ ...result, data: { "text/plain": name }, execution_count: 2 }]);
    assert.deepEqual(cells[2]!.outputs, [{ ...result, data: { "text/plain": "[ 1, 2 ]" }, execution_count: 3 }]);
    const data = { "text/html": "<b>ü</b>", "image/png": "iVBORw==", "text/plain": "ü" };
    assert.deepEqual(cells[3]!.outputs, [{ output_type: "display_data", data, metadata: {} }]);
    assert.equal(text(cells[4]!, "stdout"), "ücalled back\n");
  });

  it("keeps every one of 10,000 lines, and what native code and other processes print", async () => {
    const { cells } = await run([
      'for (let i = 0; i < 10000; i++) console.log("line " + i);',
      'import { execSync } from "child_process";\nexecSync("echo from outside", { stdio: "inherit" });',
    ]);
    assert.equal(text(cells[0]!, "stdout"), Array.from({ length: 10000 }, (_, i) => `line ${i}\n`).join(""));
    assert.match(text(cells[1]!, "stdout"), /from outside/);
  });

  it("goes on after a failing cell that is tagged raises-exception, and stops at one that is not", async () => {
    const tags = ["raises-exception"];
    const { ok, cells, failure } = await run([
      { code: 'const wrong: number = "text";', tags },
      { code: 'throw new RangeError("on purpose", { cause: "the cause" });', tags },
      { code: 'throw "only text";', tags },
      { code: 'setTimeout(() => { throw new Error("from a timer") }, 5);\nawait new Promise(() => {});', tags },
      { code: 'const forgotten = Promise.reject(new Error("not awaited"));', tags },
      'console.log("before"); (undefined as any).x;',
      'console.log("never");',
    ]);
    assert.equal(ok, false);
    const errors = cells.map(({ outputs }) => outputs.findLast((output) => output.output_type === "error")!);
    assert.deepEqual(
      errors.map(({ ename, evalue }) => [ename, evalue]),
      [
        ["CompileError", "1:7 - Type 'string' is not assignable to type 'number'."],
        ["RangeError", "on purpose"],
        ["Uncaught", "'only text'"],
        ["Error", "from a timer"],
        ["Error", "not awaited"],
        ["TypeError", "Cannot read properties of undefined (reading 'x')"],
      ],
    );
    assert.match(errors[1]!.traceback.join("\n"), /RangeError: on purpose[\s\S]*cause.*the cause/);
    assert.doesNotMatch(errors[1]!.traceback.join("\n"), /tslab|node:internal|notebook-child/);
    assert.deepEqual([failure?.cell.index, failure?.ename], [6, "TypeError"]);
  });

  it("reports a cell that reaches the time limit, or ends its process, with what it had printed", async () => {
    const slow = await run(['console.log("started");\nfor (;;) {}'], { timeoutSeconds: 2 });
    assert.equal(slow.failure?.ename, "TimeoutError");
    assert.equal(text(slow.cells[0]!, "stdout"), "started\n");
    const kill =
      'console.log("bye"); await new Promise((r) => setTimeout(r, 50)); process.kill(process.pid, "SIGKILL"); await new Promise(() => {});';
    const gone = await run([{ code: kill, tags: ["raises-exception"] }, "1"]);
    assert.equal(gone.failure?.ename, "ProcessEnded");
    assert.match(gone.failure!.evalue, /signal SIGKILL/);
    assert.equal(text(gone.cells[0]!, "stdout"), "bye\n");
    assert.equal(gone.cells.length, 1);
    const exited = await run([{ code: "const kept = 5; process.exit(3);", tags: ["raises-exception"] }, "kept"]);
    assert.equal(exited.ok, true);
    assert.deepEqual((exited.cells[0]!.outputs[0] as { ename: string }).ename, "ProcessExit");
    assert.deepEqual((exited.cells[1]!.outputs[0] as { data: unknown }).data, { "text/plain": "5" });
  });

  it("returns although a worker thread and a timer of a cell are still at work", async () => {
    const { ok } = await run([
      'import { Worker } from "worker_threads";\nnew Worker("setInterval(() => {}, 1000)", { eval: true });\nsetInterval(() => {}, 1000);',
    ]);
    assert.equal(ok, true);
  });

  it("ends with the signal's reason and leaves the file alone", async () => {
    const path = place('console.log("first");', "await new Promise(() => {});");
    const before = readFileSync(path, "utf8");
    const abort = new AbortController();
    const reason = new Error("enough");
    const onCell = (): void => abort.abort(reason);
    await assert.rejects(runNotebook(path, { write: true, signal: abort.signal, onCell }), reason);
    await assert.rejects(runNotebook(path, { signal: abort.signal }), reason);
    assert.equal(readFileSync(path, "utf8"), before);
  });

  describe("with write", () => {
    it("puts new outputs into the file, the same bytes each time, and keeps ids and unknown metadata", async () => {
      const path = place("1 + 1", 'throw new Error("here");', "2");
      const told: [number, number][] = [];
      await runNotebook(path, {
        write: true,
        onCell: ({ executionCount }, total) => told.push([executionCount, total]),
      });
      assert.deepEqual(told, [
        [1, 3],
        [2, 3],
      ]);
      const first = readFileSync(path, "utf8");
      const written = JSON.parse(first);
      assert.deepEqual(written.metadata.own, { kept: true });
      assert.deepEqual(
        written.cells.map((cell: { id: string }) => cell.id),
        ["title", "cell-0", "cell-1", "cell-2"],
      );
      assert.deepEqual(written.cells[1].metadata, { own: 0 });
      assert.deepEqual(written.cells[1].outputs[0].data, { "text/plain": ["2"] });
      assert.equal(written.cells[2].outputs[0].evalue, "here");
      assert.deepEqual([written.cells[3].outputs, written.cells[3].execution_count], [[], null], "stale outputs go");
      await runNotebook(path, { write: true });
      assert.equal(readFileSync(path, "utf8"), first);
      assert.deepEqual(
        readdirSync(folder()).filter((name) => name.endsWith(".tmp")),
        [],
      );
    });

    it("does not overwrite a notebook that was changed while it ran", async () => {
      const path = place("1");
      const changed = notebookText(["2"]);
      const onCell = (): void => writeFileSync(path, changed);
      await assert.rejects(runNotebook(path, { write: true, onCell }), /changed while its cells ran/);
      assert.equal(readFileSync(path, "utf8"), changed);
    });
  });

  describe("gives cells the package", () => {
    const ownCells = [
      'import { seededRandom } from "patchlab";\nconst first: number = seededRandom(0)();',
      'const again = await import("patchlab");\nfirst === again.seededRandom(0)()',
    ];

    async function assertOwn(path: string): Promise<void> {
      const { cells } = await runNotebook(path);
      const [first, second] = cells.map(({ outputs }) => outputs);
      assert.deepEqual(first, []);
      assert.deepEqual((second![0] as { data: unknown }).data, { "text/plain": "true" });
    }

    it("that runs them, in a folder without one, without a warning", async () => {
      await assertOwn(place(...ownCells));
    });

    it("that they lie in, in a folder inside it", async () => {
      const out = join(import.meta.dirname, "../../../out");
      mkdirSync(out, { recursive: true });
      const inside = mkdtempSync(join(out, "test-notebook-"));
      try {
        const path = join(inside, "inside.ipynb");
        writeFileSync(path, notebookText(ownCells));
        await assertOwn(path);
      } finally {
        rmSync(inside, { recursive: true });
      }
    });

    it("of their own folder's node_modules, with its types, where there is one; its modules see the hook", async () => {
      const own = join(folder(), "project", "node_modules", "patchlab");
      mkdirSync(own, { recursive: true });
      const entry = { types: "./index.d.ts", default: "./index.js" };
      const manifest = {
        name: "patchlab",
        type: "module",
        main: "index.js",
        types: "index.d.ts",
        exports: { ".": entry },
      };
      writeFileSync(join(own, "package.json"), JSON.stringify(manifest));
      writeFileSync(join(own, "index.d.ts"), "export declare function show(text: string): Promise<void>;");
      writeFileSync(
        join(own, "index.js"),
        'export const show = async (text) => globalThis[Symbol.for("patchlab.display")]({ "text/plain": text });',
      );
      const path = join(folder(), "project", "deep", "a.ipynb");
      mkdirSync(join(path, ".."));
      const wrong = { code: "await show(1);", tags: ["raises-exception"] };
      writeFileSync(path, notebookText(['import { show } from "patchlab";\nawait show("shown");', wrong]));
      const { cells } = await runNotebook(path);
      assert.deepEqual(cells[0]!.outputs, [
        { output_type: "display_data", data: { "text/plain": "shown" }, metadata: {} },
      ]);
      assert.match((cells[1]!.outputs[0] as { evalue: string }).evalue, /not assignable to parameter of type 'string'/);
    });
  });

  it("follows a link to the notebook, whose folder is then the working folder", async () => {
    const path = place("process.cwd()");
    const link = join(folder(), "elsewhere", "link.ipynb");
    mkdirSync(join(link, ".."));
    symlinkSync(path, link);
    const { cells } = await runNotebook(link);
    assert.deepEqual((cells[0]!.outputs[0] as { data: unknown }).data, { "text/plain": join(path, "..") });
  });

  it("refuses a missing file, a folder, a file that is no notebook and a wrong time limit", async () => {
    await assert.rejects(runNotebook(join(folder(), "missing.ipynb")), (error: Error) => {
      return error instanceof FileError && /missing\.ipynb: there is no such notebook/.test(error.message);
    });
    await assert.rejects(runNotebook(folder()), FileError);
    const binary = join(folder(), "binary.ipynb");
    writeFileSync(binary, new Uint8Array([0xff, 0xfe, 0x00]));
    await assert.rejects(runNotebook(binary), FormatError);
    writeFileSync(binary, "{}");
    await assert.rejects(runNotebook(binary), FormatError);
    for (const timeoutSeconds of [0, -1, Number.NaN, 1e12]) {
      await assert.rejects(runNotebook(place("1"), { timeoutSeconds }), ArgumentError);
    }
  });
});
