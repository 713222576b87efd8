/** How the function that a cell ends in is called, on one line. */
import type ts from "typescript";
import { tsc } from "./typescript.js";

const longest = 200;

/** Types by their names alone, wherever they come from. */
export const typeFormat: ts.TypeFormatFlags =
  tsc.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope | tsc.TypeFormatFlags.OmitParameterModifiers;

export function resultSignature(file: ts.SourceFile, length: number, checker: ts.TypeChecker): string | undefined {
  const last = file.statements.filter((s) => s.pos < length && !tsc.isEmptyStatement(s)).at(-1);
  if (last === undefined || !tsc.isExpressionStatement(last)) return undefined;
  const signatures = checker.getTypeAtLocation(last.expression).getCallSignatures();
  const [first] = signatures;
  if (first === undefined) return undefined;
  const text = checker.signatureToString(first, last.expression, typeFormat).replace(/\s+/g, " ");
  const more = signatures.length > 1 ? ` (and ${signatures.length - 1} more)` : "";
  const signature = nameOf(last.expression) + text + more;
  return signature.length > longest ? `${signature.slice(0, longest - 1)}…` : signature;
}

function nameOf(expression: ts.Expression): string {
  if (tsc.isIdentifier(expression)) return expression.text;
  return tsc.isPropertyAccessExpression(expression) ? expression.name.text : "";
}
