/** Cells as the compiler would give them, from JavaScript: for tests of what runs them. */
import type { CompiledCell } from "#dist/kernel/compiler/compiled-cell.js";

/** A cell whose code is `source` as it stands; `names` are those it declares with `let`. */
export function handCompiled(id: number, source: string, names: readonly string[] = []): CompiledCell {
  const definitions = names.map((name) => `${name}: [() => ${name}, (v) => { ${name} = v; }]`).join(", ");
  // The source begins on the second line, so each of its lines maps one line up.
  const code = `(async (__cell) => { "use strict"; __cell.define({ ${definitions} });\n${source}\n})`;
  const lines = source.split("\n").map((_, i) => (i === 0 ? "AAAA" : "AACA"));
  const map = JSON.stringify({ version: 3, sources: ["cell"], names: [], mappings: `;${lines.join(";")}` });
  return { id, label: `cell [${id}]`, source, code, map, imports: {}, modules: [] };
}
