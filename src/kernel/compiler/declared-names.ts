/** The names that a cell declares for the whole notebook: its top level, and `var` in its blocks. */
import type ts from "typescript";
import { tsc } from "./typescript.js";

export interface DeclaredName {
  /** Where it is declared first. */
  readonly node: ts.Identifier;
  /** `let` and `var` can be assigned by later cells, `const` cannot, the others are imported by them. */
  readonly form: "let" | "const" | "import";
  /** False where the syntax alone says that nothing is there at run time: types, ambient declarations. */
  readonly value: boolean;
  /** Whether it also names a type, as classes and enums do. */
  readonly type: boolean;
}

type Add = (name: DeclaredName) => void;

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return tsc.canHaveModifiers(node) && tsc.getModifiers(node)?.some((modifier) => modifier.kind === kind) === true;
}

export function isAmbient(node: ts.Node): boolean {
  return hasModifier(node, tsc.SyntaxKind.DeclareKeyword);
}

function addBinding(name: ts.BindingName, form: "let" | "const", value: boolean, add: Add): void {
  if (tsc.isIdentifier(name)) {
    add({ node: name, form, value, type: false });
    return;
  }
  for (const element of name.elements) if (tsc.isBindingElement(element)) addBinding(element.name, form, value, add);
}

function addVariables(list: ts.VariableDeclarationList, value: boolean, add: Add): void {
  // `using` has the flags of const in part, and cannot be assigned either
  const form = (list.flags & tsc.NodeFlags.BlockScoped & ~tsc.NodeFlags.Let) === 0 ? "let" : "const";
  for (const { name } of list.declarations) addBinding(name, form, value, add);
}

function addImport(clause: ts.ImportClause | undefined, add: Add): void {
  if (clause === undefined) return;
  const whole = !clause.isTypeOnly;
  if (clause.name) add({ node: clause.name, form: "import", value: whole, type: true });
  const bindings = clause.namedBindings;
  if (bindings === undefined) return;
  if (tsc.isNamespaceImport(bindings)) {
    add({ node: bindings.name, form: "import", value: whole, type: true });
    return;
  }
  for (const { name, isTypeOnly } of bindings.elements)
    add({ node: name, form: "import", value: whole && !isTypeOnly, type: true });
}

/** `var` reaches the whole cell from any block, but no function. */
function addHoisted(node: ts.Node, add: Add): void {
  tsc.forEachChild(node, (child) => {
    if (
      tsc.isFunctionLike(child) ||
      tsc.isClassLike(child) ||
      tsc.isModuleDeclaration(child) ||
      tsc.isExpression(child)
    )
      return;
    if (tsc.isVariableDeclarationList(child) && (child.flags & tsc.NodeFlags.BlockScoped) === 0)
      addVariables(child, true, add);
    addHoisted(child, add);
  });
}

function addStatement(statement: ts.Statement, add: Add): void {
  const value = !isAmbient(statement);
  if (tsc.isVariableStatement(statement)) addVariables(statement.declarationList, value, add);
  else if (tsc.isImportDeclaration(statement)) addImport(statement.importClause, add);
  else if (tsc.isImportEqualsDeclaration(statement))
    add({ node: statement.name, form: "import", value: !statement.isTypeOnly, type: true });
  else if (tsc.isFunctionDeclaration(statement) && statement.name)
    add({ node: statement.name, form: "import", value, type: false });
  else if (tsc.isClassDeclaration(statement) && statement.name)
    add({ node: statement.name, form: "import", value, type: true });
  else if (tsc.isEnumDeclaration(statement))
    add({
      node: statement.name,
      form: "import",
      value: value && !hasModifier(statement, tsc.SyntaxKind.ConstKeyword),
      type: true,
    });
  else if (tsc.isModuleDeclaration(statement) && tsc.isIdentifier(statement.name) && !isGlobal(statement))
    add({ node: statement.name, form: "import", value, type: true });
  else if (tsc.isInterfaceDeclaration(statement) || tsc.isTypeAliasDeclaration(statement))
    add({ node: statement.name, form: "import", value: false, type: true });
  else addHoisted(statement, add);
}

function isGlobal(statement: ts.ModuleDeclaration): boolean {
  return (statement.flags & tsc.NodeFlags.GlobalAugmentation) !== 0;
}

/** Two declarations of one name, such as a constant and a type: what later cells need for both. */
function merge(a: DeclaredName, b: DeclaredName): DeclaredName {
  const first = a.value || !b.value ? a : b;
  return { node: first.node, form: first.form, value: a.value || b.value, type: a.type || b.type };
}

/** @param end where the cell's own text ends */
export function declaredNames(file: ts.SourceFile, end: number = file.end): ReadonlyMap<string, DeclaredName> {
  const names = new Map<string, DeclaredName>();
  const add: Add = (declared) => {
    const before = names.get(declared.node.text);
    names.set(declared.node.text, before ? merge(before, declared) : declared);
  };
  for (const statement of file.statements) if (statement.pos < end) addStatement(statement, add);
  return names;
}

/** Names under which the cell itself exports something of its own. */
export function exportedNames(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    if (tsc.isExportDeclaration(statement)) addExports(statement, names);
    else if (hasModifier(statement, tsc.SyntaxKind.ExportKeyword))
      if (!hasModifier(statement, tsc.SyntaxKind.DefaultKeyword))
        addStatement(statement, ({ node }) => names.add(node.text));
  }
  return names;
}

function addExports({ exportClause }: ts.ExportDeclaration, names: Set<string>): void {
  if (exportClause === undefined) return;
  if (tsc.isNamespaceExport(exportClause)) names.add(exportClause.name.text);
  else for (const { name } of exportClause.elements) names.add(name.text);
}

/** What the cell declares for every file, by `declare global` or `declare module "x"`: names with where they belong. */
export function globalNames(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    if (!tsc.isModuleDeclaration(statement) || !(tsc.isStringLiteral(statement.name) || isGlobal(statement))) continue;
    const { name, body } = statement;
    // without names of its own it still reaches beyond the cell
    names.add(name.text);
    if (body && tsc.isModuleBlock(body))
      for (const inner of body.statements) addStatement(inner, ({ node }) => names.add(`${name.text} ${node.text}`));
  }
  return names;
}
