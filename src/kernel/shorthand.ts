/**
 * Writes `{ a }` in a cell as `{ a: a }`. tslab turns the names of earlier cells into properties of its exports, but
 * misses them in the short form, so that such a cell would end with "a is not defined".
 */
import type * as typescript from "@tslab/typescript-for-tslab";

export type TypeScript = typeof typescript;

/** The cell with every short property written out; line numbers stay. */
export function expandShorthand(ts: TypeScript, source: string): string {
  const places: { end: number; name: string }[] = [];
  const visit = (node: typescript.Node): void => {
    if (ts.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer)
      places.push({ end: node.name.end, name: node.name.text });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest));
  let expanded = "";
  let from = 0;
  for (const { end, name } of places) {
    expanded += `${source.slice(from, end)}: ${name}`;
    from = end;
  }
  return expanded + source.slice(from);
}
