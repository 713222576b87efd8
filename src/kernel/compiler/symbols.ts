/** What the checker says of a name. */
import type ts from "typescript";
import { tsc } from "./typescript.js";

/** `getTypeOnlyAliasDeclaration` has no public counterpart. */
type Checker = ts.TypeChecker & { getTypeOnlyAliasDeclaration?(symbol: ts.Symbol): ts.Node | undefined };

/** Whether something stands behind the name at run time; what is not known at all is taken for a value. */
export function hasValue(symbol: ts.Symbol | undefined, checker: Checker): boolean {
  if (symbol === undefined) return true;
  if ((symbol.flags & tsc.SymbolFlags.Alias) === 0) return isValue(symbol);
  if (checker.getTypeOnlyAliasDeclaration?.(symbol)) return false;
  const target = checker.getAliasedSymbol(symbol);
  return target.escapedName === "unknown" || isValue(target);
}

function isValue(symbol: ts.Symbol): boolean {
  return (symbol.flags & tsc.SymbolFlags.Value & ~tsc.SymbolFlags.ConstEnum) !== 0;
}

/**
 * Whether a type is what was written, such as `224`: a constant of it widens to number in `let size = constant`, which
 * a declaration by `typeof` would lose and an import keeps.
 */
export function isLiteral(type: ts.Type): boolean {
  const parts = type.isUnion() ? type.types : [type];
  return parts.every(({ flags }) => (flags & (tsc.TypeFlags.Literal | tsc.TypeFlags.UniqueESSymbol)) !== 0);
}

const plainTypes =
  tsc.TypeFlags.Any |
  tsc.TypeFlags.Unknown |
  tsc.TypeFlags.String |
  tsc.TypeFlags.Number |
  tsc.TypeFlags.BigInt |
  tsc.TypeFlags.Boolean |
  tsc.TypeFlags.Undefined |
  tsc.TypeFlags.Null;

/** A longer text is better left where it is. */
const longestLiteral = 200;

/** The declaration of a variable whose type is a primitive one: it says all without the cell that it comes from. */
export function plainDeclaration(
  name: string,
  form: "let" | "const" | "import",
  type: ts.Type,
  checker: ts.TypeChecker,
): string | undefined {
  if (type.flags & plainTypes) return `declare ${form} ${name}: ${checker.typeToString(type)};`;
  const literal = type.isStringLiteral() || type.isNumberLiteral();
  if (form !== "const" || !literal || type.flags & tsc.TypeFlags.EnumLiteral) return undefined;
  const text = JSON.stringify(type.value);
  if (text.length > longestLiteral) return undefined;
  // only as a value does it widen when it is copied
  return `declare const ${name}${type.freshType === type ? " =" : ":"} ${text};`;
}
