import assert from "node:assert/strict";
import { join } from "node:path";
import ts from "typescript";
import { declarationsText } from "#dist/kernel/values/declarations.js";

const root = join(import.meta.dirname, "../../..");
const globals = join(root, "globals.d.ts");
const check = join(root, "check.ts");

function problems(checkText: string): string[] {
  const texts = new Map([
    [globals, declarationsText],
    [check, checkText],
  ]);
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, options.target!);
  };
  const found = ts.getPreEmitDiagnostics(ts.createProgram([globals, check], options, host));
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("declarationsText", () => {
  it("declares the functions with the types that they have, in both directions", () => {
    const text = `
      import type { CellFunctions } from "./dist/kernel/values/cell-functions.js";
      const own: CellFunctions = { display, progress, timeit, clearOutput };
      const declared: { display: typeof display; progress: typeof progress; timeit: typeof timeit; clearOutput: typeof clearOutput } = own;
      export { declared };`;
    assert.deepEqual(problems(text), []);
  });

  it("types the items of a loop, a bar and a timing, and refuses what the functions would", () => {
    const text = `
      for (const item of progress(["a"])) { const text: string = item; text; }
      for await (const item of progress((async function* () { yield 1; })())) { const n: number = item; n; }
      progress(10).tick(2);
      const { mean }: { mean: number } = await timeit(() => 1, { loops: 3 });
      display(mean, { id: "a" }).update(2);
      clearOutput(true);
      // @ts-expect-error
      progress({});
      // @ts-expect-error
      timeit(3);
      // @ts-expect-error
      display(1, { id: 3 });
      export {};`;
    assert.deepEqual(problems(text), []);
  });
});
