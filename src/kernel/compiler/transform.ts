/** A checked cell as the body of an async function. */
import type ts from "typescript";
import { type DeclaredName, isAmbient } from "./declared-names.js";
import { aliasStatement, constantList, type ImportedName, importStatements } from "./import-statements.js";
import type { KnownNames } from "./known-names.js";
import { referenceVisitor, type Surroundings } from "./references.js";
import { cellOf, propertyName, scopeName, scopeOf } from "./scope-nodes.js";
import { stripExport } from "./strip-export.js";
import { tsc } from "./typescript.js";

export interface TransformPlan extends Surroundings {
  /** Names that the cell leaves, where something is there at run time. */
  readonly declared: ReadonlyMap<string, DeclaredName>;
}

const { factory } = tsc;

export function cellTransformer(plan: TransformPlan): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const own = file.statements.filter((statement) => statement.pos < plan.length && !tsc.isEmptyStatement(statement));
    const visit = referenceVisitor(plan, context);
    const last = own.length - 1;
    const body = own.flatMap((statement, i) => ownStatement(statement, i === last, visit, plan));
    const all = [...defineNames(plan.declared), ...bindKnown(plan.known), ...hoisted(own, plan), ...body];
    const cell = factory.createArrowFunction(
      [factory.createModifier(tsc.SyntaxKind.AsyncKeyword)],
      undefined,
      [factory.createParameterDeclaration(undefined, undefined, scopeName)],
      undefined,
      undefined,
      factory.createBlock(all, true),
    );
    return factory.updateSourceFile(file, [factory.createReturnStatement(cell)]);
  };
}

/** Imports come first, wherever they stand. */
function hoisted(statements: readonly ts.Statement[], { declared }: TransformPlan): ts.Statement[] {
  const isValue = ({ name }: ImportedName): boolean => declared.get(name.text)?.value === true;
  return statements.flatMap((statement) => importStatements(statement, isValue));
}

/** `__cell.define({ x: [() => x, (v) => { x = v; }] })` */
function defineNames(declared: TransformPlan["declared"]): ts.Statement[] {
  if (declared.size === 0) return [];
  const properties = [...declared].map(([name, { form }]) => {
    const read = factory.createArrowFunction(
      undefined,
      undefined,
      [],
      undefined,
      undefined,
      factory.createIdentifier(name),
    );
    const accessors = form === "let" ? [read, assigner(name)] : [read];
    return factory.createPropertyAssignment(propertyName(name), factory.createArrayLiteralExpression(accessors));
  });
  const names = factory.createObjectLiteralExpression(properties, true);
  return [factory.createExpressionStatement(factory.createCallExpression(scopeOf("define"), undefined, [names]))];
}

function assigner(name: string): ts.Expression {
  // a name of its own, or the cell's variable could not be reached
  const value = factory.createIdentifier(name === "v" ? "w" : "v");
  const assignment = factory.createAssignment(factory.createIdentifier(name), value);
  const body = factory.createBlock([factory.createExpressionStatement(assignment)]);
  const parameter = factory.createParameterDeclaration(undefined, undefined, value);
  return factory.createArrowFunction(undefined, undefined, [parameter], undefined, undefined, body);
}

/** `const { f, g } = __cell.cells[2];` */
function bindKnown(known: KnownNames): ts.Statement[] {
  const byCell = new Map<number, string[]>();
  for (const [name, { cell, value, live }] of known) {
    if (!value || live) continue;
    const names = byCell.get(cell);
    if (names) names.push(name);
    else byCell.set(cell, [name]);
  }
  return [...byCell].map(([cell, names]) => {
    const elements = names.map((name) => factory.createBindingElement(undefined, undefined, name));
    const pattern = factory.createObjectBindingPattern(elements);
    return factory.createVariableStatement(undefined, constantList(pattern, cellOf(cell)));
  });
}

/** A statement of the cell's own: imports and exports mean nothing in a function, and the last one gives the value. */
function ownStatement(
  statement: ts.Statement,
  last: boolean,
  visit: ts.Visitor,
  { declared }: TransformPlan,
): ts.Statement[] {
  if (tsc.isImportDeclaration(statement)) return [];
  if (tsc.isImportEqualsDeclaration(statement))
    return declared.has(statement.name.text) ? aliasStatement(statement) : [];
  if (tsc.isExportDeclaration(statement) || isAmbient(statement)) return [];
  const value = expressionOf(statement);
  if (value === undefined) return [stripExport(tsc.visitNode(statement, visit) as ts.Statement)];
  const visited = factory.createParenthesizedExpression(tsc.visitNode(value, visit) as ts.Expression);
  const made = last ? factory.createReturnStatement(visited) : factory.createExpressionStatement(visited);
  return [tsc.setTextRange(made, statement)];
}

function expressionOf(statement: ts.Statement): ts.Expression | undefined {
  if (tsc.isExpressionStatement(statement) || tsc.isExportAssignment(statement)) return statement.expression;
  return undefined;
}
