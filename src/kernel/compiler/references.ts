/** What a cell refers to outside itself: variables of earlier cells, `import()`, `import.meta` and what it waits for. */
import type ts from "typescript";
import type { KnownNames } from "./known-names.js";
import { cellOf, propertyName, scopeOf } from "./scope-nodes.js";
import { tsc } from "./typescript.js";

const { factory } = tsc;

export interface Surroundings {
  readonly checker: ts.TypeChecker;
  readonly file: ts.SourceFile;
  /** Length of what the user wrote: what stands after it is declarations for the compiler. */
  readonly length: number;
  /** Names of earlier cells that occur in this one. */
  readonly known: KnownNames;
}

/** Writes what refers outside the cell: variables of earlier cells, `import()` and `import.meta`. */
export function referenceVisitor(plan: Surroundings, context: ts.TransformationContext): ts.Visitor {
  const visit: ts.Visitor = (node) => {
    if (tsc.isTypeNode(node) && !tsc.isExpressionWithTypeArguments(node)) return node;
    if (tsc.isIdentifier(node)) return reference(node, plan) ?? node;
    if (tsc.isShorthandPropertyAssignment(node))
      return longProperty(node, plan, visit) ?? tsc.visitEachChild(node, visit, context);
    if (tsc.isCallExpression(node) && node.expression.kind === tsc.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      const args = specifier ? [tsc.visitNode(specifier, visit) as ts.Expression] : [];
      return tsc.setTextRange(factory.createCallExpression(scopeOf("import"), undefined, args), node);
    }
    if (tsc.isAwaitExpression(node) && isTopLevel(node)) return waited(node, visit);
    if (tsc.isForOfStatement(node) && node.awaitModifier && isTopLevel(node)) return waitedLoop(node, visit, context);
    if (tsc.isMetaProperty(node) && node.keywordToken === tsc.SyntaxKind.ImportKeyword)
      return tsc.setTextRange(scopeOf("meta"), node);
    return tsc.visitEachChild(node, visit, context);
  };
  return visit;
}

/** Outside the functions and classes of the cell. */
function isTopLevel(node: ts.Node): boolean {
  let at: ts.Node = node;
  while (!tsc.isSourceFile(at)) {
    if (tsc.isFunctionLike(at) || tsc.isClassLike(at)) return false;
    at = at.parent;
  }
  return true;
}

/** `await __cell.wait(x)`: an interrupt can end the cell there. */
function waited(node: ts.AwaitExpression, visit: ts.Visitor): ts.Expression {
  const value = tsc.visitNode(node.expression, visit) as ts.Expression;
  const waiting = factory.createCallExpression(scopeOf("wait"), undefined, [value]);
  return tsc.setTextRange(factory.createAwaitExpression(tsc.setTextRange(waiting, node.expression)), node);
}

/** Each round of a `for await` begins with a wait, so that an interrupt can end the loop there. */
function waitedLoop(node: ts.ForOfStatement, visit: ts.Visitor, context: ts.TransformationContext): ts.Statement {
  const loop = tsc.visitEachChild(node, visit, context);
  const wait = factory.createAwaitExpression(factory.createCallExpression(scopeOf("wait"), undefined, []));
  const body = factory.createBlock([factory.createExpressionStatement(wait), loop.statement], true);
  return factory.updateForOfStatement(loop, loop.awaitModifier, loop.initializer, loop.expression, body);
}

/** The variable of an earlier cell that a symbol stands for. */
function variableOf(symbol: ts.Symbol | undefined, { known, length, file }: Surroundings): ts.Expression | undefined {
  const at = symbol?.declarations?.[0];
  if (symbol === undefined || at === undefined || at.getSourceFile() !== file || at.pos < length) return undefined;
  const name = known.get(symbol.name);
  return name && factory.createPropertyAccessExpression(cellOf(name.cell), symbol.name);
}

function reference(node: ts.Identifier, plan: Surroundings): ts.Expression | undefined {
  if (plan.known.get(node.text)?.live !== true) return undefined;
  const variable = variableOf(plan.checker.getSymbolAtLocation(node), plan);
  if (variable === undefined) return undefined;
  tsc.setTextRange(variable, node);
  return isCalled(node)
    ? factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), variable))
    : variable;
}

/** A call of a property would hand the cell's names over as `this`. */
function isCalled(node: ts.Node): boolean {
  const { parent } = node;
  if (tsc.isCallExpression(parent)) return parent.expression === node;
  if (tsc.isTaggedTemplateExpression(parent)) return parent.tag === node;
  const transparent =
    tsc.isParenthesizedExpression(parent) ||
    tsc.isNonNullExpression(parent) ||
    tsc.isAsExpression(parent) ||
    tsc.isSatisfiesExpression(parent) ||
    tsc.isTypeAssertionExpression(parent);
  return transparent && isCalled(parent);
}

/** `{ x }` as `{ x: __cell.cells[2].x }`, also where it is assigned to. */
function longProperty(
  node: ts.ShorthandPropertyAssignment,
  plan: Surroundings,
  visit: ts.Visitor,
): ts.PropertyAssignment | undefined {
  if (plan.known.get(node.name.text)?.live !== true) return undefined;
  const variable = variableOf(plan.checker.getShorthandAssignmentValueSymbol(node), plan);
  if (variable === undefined) return undefined;
  tsc.setTextRange(variable, node.name);
  const preset = node.objectAssignmentInitializer;
  const value = preset ? factory.createAssignment(variable, tsc.visitNode(preset, visit) as ts.Expression) : variable;
  return factory.createPropertyAssignment(propertyName(node.name.text), value);
}
