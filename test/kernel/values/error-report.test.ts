import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { type ReportContext, reportDiagnostics, reportEnd, reportThrown } from "#dist/kernel/values/error-report.js";
import { temporaryFolder } from "../../support/temporary.js";
import { hostileValues, wrappings } from "./hostile-values.js";

const source = "function inner() {\n  throw new RangeError('on purpose');\n}\ninner();";
const context: ReportContext = { folder: "/notes", sourceOf: (script) => (script === "cell [3]" ? source : undefined) };

function withStack(error: Error, ...frames: string[]): Error {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

function plain(thrown: unknown, given = context): string {
  return stripVTControlCharacters(reportThrown(thrown, given).traceback.join("\n"));
}

describe("reportThrown(thrown, context)", () => {
  it("names the error, its frames in cells, and marks the place in the cell's own lines", () => {
    const error = withStack(
      new RangeError("on purpose"),
      "inner (cell [3]:2:9)",
      "cell [3]:4:1",
      "node:internal/x:1:2",
    );
    const { ename, evalue, traceback } = reportThrown(error, context);
    assert.deepEqual([ename, evalue], ["RangeError", "on purpose"]);
    assert.equal(traceback[0], "\u001b[31mRangeError: on purpose\u001b[39m");
    assert.equal(
      plain(error),
      [
        "RangeError: on purpose",
        "    at inner (cell [3]:2:9)",
        "    at cell [3]:4:1",
        "",
        "  1 | function inner() {",
        "> 2 |   throw new RangeError('on purpose');",
        "    |         ^",
        "  3 | }",
        "  4 | inner();",
      ].join("\n"),
    );
  });

  it("marks the running cell's line too, where the error came from another cell or file", () => {
    const sources: Record<string, string> = {
      "/notes/lib.ts": "fail();\n",
      "cell [1]": "lib()",
      "cell [2]": "\ncall();",
    };
    const error = withStack(new Error("a"), "/notes/lib.ts:1:1", "f (cell [1]:1:1)", "cell [2]:2:1");
    assert.equal(
      plain(error, { folder: "/notes", sourceOf: (script) => sources[script] }),
      [
        "Error: a",
        "    at lib.ts:1:1",
        "    at f (cell [1]:1:1)",
        "    at cell [2]:2:1",
        "",
        "lib.ts",
        "> 1 | fail();",
        "    | ^",
        "",
        "cell [2]",
        "  1 |",
        "> 2 | call();",
        "    | ^",
      ].join("\n"),
    );
  });

  it("leaves out frames of Node, of V8 and of the kernel itself", () => {
    const kernel = new URL("../../../dist/kernel/cells/run.js", import.meta.url).href;
    const error = withStack(
      new Error("a"),
      "Array.map (<anonymous>)",
      `run (${kernel}:1:2)`,
      "async Promise.all (index 0)",
      "node:fs:1:2",
    );
    assert.equal(plain(error), "Error: a");
  });

  it("names files of the notebook's folder from there, packages' from their name, and shortens runs of those", () => {
    const packages = Array.from({ length: 7 }, (_, i) => `f${i} (/notes/node_modules/pkg/a.js:${i + 1}:1)`);
    const own = pathToFileURL("/notes/sub dir/lib.js").href;
    const lines = reportThrown(
      withStack(new Error("a"), ...packages, `g (${own}:3:4)`, "h (/else/x.js:5:6)"),
      context,
    ).traceback;
    assert.equal(lines[1], "\u001b[2m    at f0 (pkg/a.js:1:1)\u001b[22m");
    assert.deepEqual(lines.slice(2).map(stripVTControlCharacters), [
      "    at f1 (pkg/a.js:2:1)",
      "    at f2 (pkg/a.js:3:1)",
      "    … 4 more frames",
      "    at g (sub dir/lib.js:3:4)",
      "    at h (../else/x.js:5:6)",
    ]);
  });

  it("counts a call that repeats itself instead of listing it", () => {
    const error = withStack(new RangeError("Maximum call stack size exceeded"), ...Array(10).fill("f (cell [3]:2:1)"));
    assert.match(
      plain(error),
      /\n {4}at f \(cell \[3\]:2:1\)\n {4}… the same 9 more times\n[\s\S]*A function calls itself/,
    );
  });

  it("shows causes with their frames, joined errors, and one that is its own cause once", () => {
    const cause = withStack(new TypeError("deep", { cause: "the very cause" }), "cell [3]:1:1");
    const error = withStack(new AggregateError([new Error("first"), 2], "many", { cause }));
    const text = plain(error);
    assert.match(
      text,
      /^AggregateError: many\n\n {2}\[cause\]: TypeError: deep\n {6}at cell \[3\]:1:1\n {4}\[cause\]: 'the very cause'\n/,
    );
    assert.match(text, /\n {2}\[errors 0\]: Error: first\n[\s\S]*\n {2}\[errors 1\]: 2$/);
    const own = withStack(new Error("round"));
    own.cause = own;
    assert.equal(plain(own), "Error: round\n\n  [cause]: Error, as above");
  });

  it("adds the error's own properties", () => {
    const error = withStack(Object.assign(new Error("no file"), { code: "ENOENT", path: "/a b" }));
    assert.equal(plain(error), "Error: no file\n\n{ code: 'ENOENT', path: '/a b' }");
  });

  it("calls an error by its class where that gave it no name", () => {
    class ModelError extends Error {}
    assert.equal(reportThrown(new ModelError("a"), context).ename, "ModelError");
    assert.equal(reportThrown(Object.assign(new Error("a"), { name: "Named" }), context).ename, "Named");
  });

  it("writes a thrown value that is no error as Uncaught", () => {
    assert.deepEqual(reportThrown("only text", context), {
      ename: "Uncaught",
      evalue: "'only text'",
      traceback: ["\u001b[31mUncaught 'only text'\u001b[39m"],
    });
    assert.equal(reportThrown(undefined, context).evalue, "undefined");
    assert.equal(reportThrown({ code: 1 }, context).evalue, "{ code: 1 }");
  });

  it("says what to do about a worker thread without memory and about a missing package, not a missing file", async () => {
    const worker = new Worker("const all = []; for (;;) all.push(Array(1e5).fill({}))", {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: 20 },
    });
    const error = await new Promise((resolve) => worker.on("error", resolve));
    assert.match(
      plain(error),
      /code: 'ERR_WORKER_OUT_OF_MEMORY'[\s\S]*resourceLimits: { maxOldGenerationSizeMb: 4096 }/,
    );
    const missing = await import("no-such-package" as string).catch((thrown) => thrown);
    assert.match(plain(missing), /run npm install there/);
    const file = await import("./no-such-file.js" as string).catch((thrown) => thrown);
    assert.doesNotMatch(plain(file), /npm install/);
  });

  it("cuts a message of megabytes", () => {
    const { evalue, traceback } = reportThrown(new Error("x".repeat(1e7)), context);
    assert.ok(evalue.length < 10_100 && traceback.join("\n").length < 25_000);
    assert.match(evalue, /… 9,990,000 more characters of 10,000,000$/);
  });

  it("neither throws nor grows without end, whatever is thrown", () => {
    const pair = fc.tuple(fc.nat(hostileValues.length - 1), fc.nat(wrappings.length - 1));
    fc.assert(
      fc.property(pair, ([i, j]) => {
        const report = reportThrown(wrappings[j]!(hostileValues[i]!()), context);
        assert.ok([report.ename, report.evalue, ...report.traceback].every((text) => typeof text === "string"));
        assert.ok(JSON.stringify(report).length < 200_000);
      }),
      { numRuns: 500 },
    );
  });
});

describe("reportDiagnostics(diagnostics, source, label)", () => {
  const folder = temporaryFolder();
  const wrong = {
    line: 2,
    column: 3,
    length: 5,
    code: 2322,
    message: "Type 'string' is not assignable to type 'number'.",
  };

  it("tells the first finding in short, and each with its place, number and lines", () => {
    const { ename, evalue, traceback } = reportDiagnostics(
      [wrong, { ...wrong, line: 1, column: 1, length: 8 }],
      source,
      "cell [3]",
    );
    assert.deepEqual([ename, evalue], ["CompileError", "2:3 - Type 'string' is not assignable to type 'number'."]);
    assert.equal(traceback[0], `\u001b[31mcell [3]:2:3 - error TS2322: ${wrong.message}\u001b[39m`);
    const text = stripVTControlCharacters(traceback.join("\n"));
    assert.match(text, /\n> 2 | {3}throw new RangeError\('on purpose'\);\n {4}| {3}\^{5}\n/);
    assert.match(text, /\n\ncell \[3\]:1:1 - error TS2322[\s\S]*\n> 1 | function inner\(\) {\n {4}| \^{8}\n/);
  });

  it("names a file from the notebook's folder and shows its lines; one that is gone has none", () => {
    const file = join(folder(), "lib.ts");
    writeFileSync(file, "export const a: number = 'text';\n");
    const inFile = { ...wrong, line: 1, column: 14, length: 1, file };
    const { evalue, traceback } = reportDiagnostics([inFile], source, "cell [3]", folder());
    assert.match(evalue, /^lib\.ts:1:14 - Type/);
    assert.match(
      stripVTControlCharacters(traceback.join("\n")),
      /^lib\.ts:1:14 - error TS2322.*\n\n> 1 \| export const a/,
    );
    assert.equal(
      reportDiagnostics([{ ...inFile, file: join(folder(), "gone.ts") }], source, "cell [3]", folder()).traceback
        .length,
      1,
    );
  });

  it("shows 20 findings and counts the others", () => {
    const { traceback } = reportDiagnostics(Array(23).fill(wrong), source, "cell [3]");
    assert.equal(traceback.filter((line) => /error TS2322/.test(line)).length, 20);
    assert.equal(traceback.at(-1), "… 3 more");
  });
});

describe("reportEnd(ename, evalue)", () => {
  it("is one red line", () => {
    assert.deepEqual(reportEnd("TimeoutError", "too long"), {
      ename: "TimeoutError",
      evalue: "too long",
      traceback: ["\u001b[31mTimeoutError: too long\u001b[39m"],
    });
  });
});
