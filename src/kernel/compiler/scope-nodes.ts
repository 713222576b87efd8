/** Pieces of syntax that name what a cell is given. */
import type ts from "typescript";
import { tsc } from "./typescript.js";

/** The parameter of a compiled cell, see CellScope. */
export const scopeName = "__cell";
/** The function that stands before a cell that imports names, see import-statements.ts. */
export const importHelperName = "__cell_names";

/** An error for each of these names that a cell uses for itself. */
export function reservedNames(file: ts.SourceFile, words: ReadonlySet<string>): ts.Diagnostic[] {
  return [scopeName, importHelperName]
    .filter((name) => words.has(name))
    .map((name) => ({
      file,
      start: Math.max(0, file.text.indexOf(name)),
      length: name.length,
      code: 2397,
      category: tsc.DiagnosticCategory.Error,
      messageText: `The name '${name}' is taken by the notebook itself: choose another one.`,
    }));
}

export function scopeOf(member: "import" | "cells" | "define" | "meta" | "wait"): ts.PropertyAccessExpression {
  return tsc.factory.createPropertyAccessExpression(tsc.factory.createIdentifier(scopeName), member);
}

/** `__cell.cells[2]` */
export function cellOf(cell: number): ts.Expression {
  return tsc.factory.createElementAccessExpression(scopeOf("cells"), cell);
}

/** A key of an object literal: `__proto__` would otherwise set the prototype. */
export function propertyName(name: string): ts.PropertyName {
  if (name !== "__proto__") return tsc.factory.createIdentifier(name);
  return tsc.factory.createComputedPropertyName(tsc.factory.createStringLiteral(name));
}
