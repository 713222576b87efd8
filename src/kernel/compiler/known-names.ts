/** The names that earlier cells left, and the lines that make them known to the compiler in a new one. */
import type ts from "typescript";
import type { DeclaredName } from "./declared-names.js";
import { hasValue, isLiteral, plainDeclaration } from "./symbols.js";

export interface KnownName {
  /** The cell that declared it last. */
  readonly cell: number;
  readonly form: "let" | "const" | "import";
  /** Whether something is there at run time. */
  readonly value: boolean;
  /** Whether it changes after its cell has run, so that it is looked up at every use. */
  readonly live: boolean;
  /** Its declaration, where that needs no other cell, as for a number. */
  readonly plain?: string;
}

export type KnownNames = ReadonlyMap<string, KnownName>;

const scheme = "cell:";

/** What cells import each other by: no path, so that nothing on disk is asked for. */
function cellSpecifier(cell: number): string {
  return scheme + cell;
}

export function cellOfSpecifier(specifier: string): number | undefined {
  return specifier.startsWith(scheme) ? Number(specifier.slice(scheme.length)) : undefined;
}

/**
 * Declarations of `names`, to stand beside a cell.
 *
 * @param options.linked leads to where each name was declared, as inspection needs it; otherwise what has a plain
 *   declaration brings no other cell along, so that a counter over a thousand runs of a cell hangs on none of them
 */
export function preludeOf(names: KnownNames, { linked }: { readonly linked: boolean }): string {
  const lines: string[] = [];
  const imports = new Map<number, string[]>();
  for (const [name, { cell, form, plain }] of names) {
    if (plain !== undefined && !linked) lines.push(plain);
    else if (form !== "import") lines.push(`declare ${form} ${name}: typeof import("${cellSpecifier(cell)}").${name};`);
    else if (imports.has(cell)) imports.get(cell)?.push(name);
    else imports.set(cell, [name]);
  }
  for (const [cell, list] of imports) lines.push(`import { ${list.join(", ")} } from "${cellSpecifier(cell)}";`);
  return lines.join("\n");
}

/** What the checker makes of the names that a cell declares, for cells to come. */
export function knownNames(
  cell: number,
  declared: ReadonlyMap<string, DeclaredName>,
  checker: ts.TypeChecker,
): KnownNames {
  const known = new Map<string, KnownName>();
  for (const [name, { form, type, value, node }] of declared) {
    const symbol = checker.getSymbolAtLocation(node);
    const variable = form === "import" || type || symbol === undefined ? undefined : checker.getTypeOfSymbol(symbol);
    const plain = variable && plainDeclaration(name, form, variable, checker);
    known.set(name, {
      cell,
      form: type || (variable && form === "const" && isLiteral(variable)) ? "import" : form,
      value: value && hasValue(symbol, checker),
      live: form === "let",
      ...(plain === undefined ? {} : { plain }),
    });
  }
  return known;
}
