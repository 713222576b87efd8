/** TypeScript files beside the notebook that a cell reaches, compiled one by one to CommonJS. */
import type ts from "typescript";
import type { CellFiles } from "./cell-files.js";
import type { CellDiagnostic, CompiledModule, LocalImport } from "./compiled-cell.js";
import { toCellDiagnostics } from "./diagnostics.js";
import { moduleOptions } from "./options.js";
import { tsc } from "./typescript.js";

export interface LocalModules {
  readonly modules: readonly CompiledModule[];
  readonly diagnostics: readonly CellDiagnostic[];
}

/** Specifiers that a file imports at run time or may, as literals: declarations, `import()` and `require()`. */
export function specifiersOf(file: ts.SourceFile, end: number = file.end): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (node: ts.Node | undefined): void => {
    if (node && tsc.isStringLiteralLike(node)) found.add(node.text);
  };
  const visit = (node: ts.Node): void => {
    if (tsc.isImportDeclaration(node) || tsc.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (tsc.isExternalModuleReference(node)) add(node.expression);
    else if (tsc.isCallExpression(node) && isLoading(node.expression)) add(node.arguments[0]);
    tsc.forEachChild(node, visit);
  };
  for (const statement of file.statements) if (statement.pos < end) visit(statement);
  return found;
}

function isLoading(callee: ts.Expression): boolean {
  return callee.kind === tsc.SyntaxKind.ImportKeyword || (tsc.isIdentifier(callee) && callee.text === "require");
}

/** Which of a file's imports are files beside the notebook; packages and JavaScript are Node's to load. */
export function localImports(
  files: CellFiles,
  from: string,
  specifiers: Iterable<string>,
): Record<string, LocalImport> {
  const found: Record<string, LocalImport> = Object.create(null);
  for (const specifier of specifiers) {
    const resolved = files.paths.resolve(specifier, from).resolvedModule;
    // what was found as a package is Node's to load, also where its source lies beside it, as in a monorepo
    if (resolved === undefined || resolved.isExternalLibraryImport) continue;
    const kind = kindOf(resolved.resolvedFileName);
    if (kind) found[specifier] = { kind, file: resolved.resolvedFileName };
  }
  return { ...found };
}

function kindOf(file: string): LocalImport["kind"] | undefined {
  if (/\.d\.[cm]?ts$/.test(file) || file.includes("<")) return undefined;
  if (/\.[cm]?tsx?$/.test(file)) return "typescript";
  return file.endsWith(".json") ? "json" : undefined;
}

/** Compiles what is reached from `imports`, each file once; files that have not changed are taken from before. */
export class ModuleCompiler {
  readonly #files: CellFiles;
  readonly #compiled = new Map<string, { readonly version: string; readonly module: CompiledModule }>();

  constructor(files: CellFiles) {
    this.#files = files;
  }

  compile(program: ts.Program, imports: Readonly<Record<string, LocalImport>>): LocalModules {
    const modules = new Map<string, CompiledModule>();
    const diagnostics: CellDiagnostic[] = [];
    const waiting = Object.values(imports);
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const source = next.kind === "typescript" ? program.getSourceFile(next.file) : undefined;
      if (source === undefined || modules.has(next.file)) continue;
      diagnostics.push(...this.#check(program, source));
      const made = this.#compileOne(source);
      modules.set(next.file, made);
      waiting.push(...Object.values(made.imports));
    }
    return { modules: [...modules.values()], diagnostics };
  }

  #check(program: ts.Program, file: ts.SourceFile): CellDiagnostic[] {
    const syntax = program.getSyntacticDiagnostics(file);
    const found = syntax.length > 0 ? syntax : [...program.getSemanticDiagnostics(file), ...awaitsAtTop(file)];
    return toCellDiagnostics(found, { file, length: file.text.length, path: file.fileName });
  }

  #compileOne(file: ts.SourceFile): CompiledModule {
    const version = this.#files.getScriptVersion(file.fileName);
    const before = this.#compiled.get(file.fileName);
    if (before?.version === version) return before.module;
    const made = tsc.transpileModule(file.text, {
      fileName: file.fileName,
      compilerOptions: moduleOptions,
      transformers: { before: [loadByHand] },
    });
    const code = made.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, "");
    const module: CompiledModule = {
      file: file.fileName,
      source: file.text,
      code: code.includes(`${metaName}(`) ? code + metaHelper : code,
      map: made.sourceMapText ?? "",
      imports: localImports(this.#files, file.fileName, specifiersOf(file)),
    };
    this.#compiled.set(file.fileName, { version, module });
    return module;
  }
}

/** CommonJS cannot wait for another file, so no file that another one imports can wait at its top level. */
function awaitsAtTop(file: ts.SourceFile): ts.Diagnostic[] {
  const found: ts.Diagnostic[] = [];
  const visit = (node: ts.Node): void => {
    if (tsc.isFunctionLike(node)) return;
    const waits =
      tsc.isAwaitExpression(node) ||
      (tsc.isForOfStatement(node) && node.awaitModifier) ||
      (tsc.isVariableDeclarationList(node) && (node.flags & tsc.NodeFlags.AwaitUsing) === tsc.NodeFlags.AwaitUsing);
    if (waits) found.push(awaitDiagnostic(file, node.getStart(file)));
    tsc.forEachChild(node, visit);
  };
  tsc.forEachChild(file, visit);
  return found;
}

function awaitDiagnostic(file: ts.SourceFile, start: number): ts.Diagnostic {
  const messageText = "A file that cells import cannot wait at its top level: move this into an async function.";
  return { file, start, length: "await".length, code: 1378, category: tsc.DiagnosticCategory.Error, messageText };
}

const metaName = "__import_meta";
/** Stands after the code, so that no line moves; as a function it is there from the start. */
const metaHelper = `function ${metaName}() {
  return { url: require("node:url").pathToFileURL(__filename).href, filename: __filename, dirname: __dirname };
}`;

/** `import(…)` as `__import(…)`, before CommonJS would make a `require` of it, and `import.meta`, which it lacks. */
const loadByHand: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const { factory } = tsc;
  const visit: ts.Visitor = (node) => {
    if (tsc.isMetaProperty(node) && node.keywordToken === tsc.SyntaxKind.ImportKeyword)
      return tsc.setTextRange(factory.createCallExpression(factory.createIdentifier(metaName), undefined, []), node);
    if (!tsc.isCallExpression(node) || node.expression.kind !== tsc.SyntaxKind.ImportKeyword)
      return tsc.visitEachChild(node, visit, context);
    const specifier = node.arguments[0];
    const args = specifier ? [tsc.visitNode(specifier, visit) as ts.Expression] : [];
    const load = factory.createIdentifier("__import");
    return tsc.setTextRange(factory.createCallExpression(load, undefined, args), node);
  };
  return tsc.visitNode(file, visit) as ts.SourceFile;
};
