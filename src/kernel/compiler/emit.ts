/** JavaScript of a checked cell, with the map from it to what the user wrote. */
import type ts from "typescript";
import { importHelper } from "./import-statements.js";
import { importHelperName } from "./scope-nodes.js";
import { cellTransformer, type TransformPlan } from "./transform.js";

export interface Emitted {
  readonly code: string;
  /** Source map, version 3, as JSON text. */
  readonly map: string;
}

export function emitCell(program: ts.Program, file: ts.SourceFile, plan: TransformPlan, label: string): Emitted {
  let code = "";
  let map = "";
  const write = (name: string, text: string): void => {
    if (name.endsWith(".map")) map = text;
    else code = text.replace(/\/\/# sourceMappingURL=.*\s*$/, "").replace(/^#!/, "//");
  };
  program.emit(file, write, undefined, false, { before: [cellTransformer(plan)] });
  return wrap(code, map, label);
}

/** TypeScript's helpers may stand before the function, so both go into one more function, which is called at once. */
function wrap(code: string, map: string, label: string): Emitted {
  const head = `(() => { "use strict";\n${code.includes(`${importHelperName}(`) ? `${importHelper}\n` : ""}`;
  const { mappings, names } = JSON.parse(map) as { mappings: string; names: string[] };
  const shifted = ";".repeat(head.split("\n").length - 1) + mappings;
  return {
    code: `${head}${code}\n})()`,
    map: JSON.stringify({ version: 3, sources: [label], names, mappings: shifted }),
  };
}
