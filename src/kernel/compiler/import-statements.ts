/** Imports of a cell as constants of its function. */
import type ts from "typescript";
import { importHelperName, scopeOf } from "./scope-nodes.js";
import { tsc } from "./typescript.js";

export interface ImportedName {
  readonly name: ts.Identifier;
}

/** What stands before a cell that imports names: it gives them from a module, or says which one is missing. */
export const importHelper: string = `const ${importHelperName} = (module, specifier, names) => {
  const whole = module.default;
  const inner = whole !== null && (typeof whole === "object" || typeof whole === "function") ? whole : undefined;
  return names.map((name) => {
    if (name === "default" && inner?.__esModule && "default" in inner) return inner.default;
    if (name in module) return module[name];
    if (inner && name in inner) return inner[name];
    throw new SyntaxError(\`The module "\${specifier}" has no export named "\${name}"\`);
  });
};`;

const { factory } = tsc;

/** The statements that an import or a re-export becomes; none for one that only brings types, and for any other. */
export function importStatements(statement: ts.Statement, isValue: (name: ImportedName) => boolean): ts.Statement[] {
  if (tsc.isImportDeclaration(statement)) return declarationStatements(statement, isValue);
  if (tsc.isImportEqualsDeclaration(statement)) return isValue(statement) ? requireStatement(statement) : [];
  if (tsc.isExportDeclaration(statement) && statement.moduleSpecifier && !statement.isTypeOnly)
    return [withRange(factory.createExpressionStatement(moduleOf(statement.moduleSpecifier)), statement)];
  return [];
}

function declarationStatements(
  statement: ts.ImportDeclaration,
  isValue: (name: ImportedName) => boolean,
): ts.Statement[] {
  const { importClause: clause, moduleSpecifier } = statement;
  const bindings = clause?.namedBindings;
  const named = bindings && tsc.isNamedImports(bindings) ? bindings.elements : [];
  if (
    clause === undefined ||
    (clause.name === undefined && bindings && tsc.isNamedImports(bindings) && named.length === 0)
  )
    return clause?.isTypeOnly
      ? []
      : [withRange(factory.createExpressionStatement(moduleOf(moduleSpecifier)), statement)];
  const made: ts.Statement[] = [];
  if (bindings && tsc.isNamespaceImport(bindings) && isValue(bindings))
    made.push(constant(factory.createIdentifier(bindings.name.text), moduleOf(moduleSpecifier), statement));
  const names = named
    .filter(isValue)
    .map(({ propertyName, name }) => ({ key: (propertyName ?? name).text, name: name.text }));
  if (clause.name && isValue({ name: clause.name })) names.unshift({ key: "default", name: clause.name.text });
  if (names.length > 0) made.push(namesStatement(names, statement));
  return made;
}

/** `const [a, b] = __cell_names(await __cell.import("x"), "x", ["a", "b"]);` */
function namesStatement(
  names: readonly { key: string; name: string }[],
  statement: ts.ImportDeclaration,
): ts.Statement {
  const pattern = factory.createArrayBindingPattern(
    names.map(({ name }) => factory.createBindingElement(undefined, undefined, name)),
  );
  const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
  const value = factory.createCallExpression(factory.createIdentifier(importHelperName), undefined, [
    moduleOf(statement.moduleSpecifier),
    factory.createStringLiteral(specifier),
    factory.createArrayLiteralExpression(names.map(({ key }) => factory.createStringLiteral(key))),
  ]);
  return constant(pattern, value, statement);
}

/** `import x = require("x")` */
function requireStatement(statement: ts.ImportEqualsDeclaration): ts.Statement[] {
  const { moduleReference: reference, name } = statement;
  if (!tsc.isExternalModuleReference(reference)) return [];
  const value = factory.createCallExpression(factory.createIdentifier("require"), undefined, [reference.expression]);
  return [constant(factory.createIdentifier(name.text), value, statement)];
}

/** `import x = A.B`, which stands where it stands: `A` may be a namespace above it. */
export function aliasStatement({ moduleReference, name }: ts.ImportEqualsDeclaration): ts.Statement[] {
  if (tsc.isExternalModuleReference(moduleReference)) return [];
  const list = constantList(factory.createIdentifier(name.text), entity(moduleReference));
  return [factory.createVariableStatement(undefined, list)];
}

function entity(name: ts.EntityName): ts.Expression {
  if (tsc.isIdentifier(name)) return factory.createIdentifier(name.text);
  return factory.createPropertyAccessExpression(entity(name.left), name.right.text);
}

function moduleOf(specifier: ts.Expression): ts.Expression {
  const text = factory.createStringLiteral((specifier as ts.StringLiteral).text);
  return factory.createAwaitExpression(factory.createCallExpression(scopeOf("import"), undefined, [text]));
}

function constant(name: ts.BindingName, value: ts.Expression, statement: ts.Statement): ts.Statement {
  return withRange(factory.createVariableStatement(undefined, constantList(name, value)), statement);
}

export function constantList(name: ts.BindingName, value: ts.Expression): ts.VariableDeclarationList {
  const declaration = factory.createVariableDeclaration(name, undefined, undefined, value);
  return factory.createVariableDeclarationList([declaration], tsc.NodeFlags.Const);
}

/** Errors of the import are the statement's, with its line. */
function withRange<T extends ts.Node>(made: T, statement: ts.Statement): T {
  return tsc.setTextRange(made, statement);
}
