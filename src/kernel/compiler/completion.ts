/** Suggestions at a place in a cell. */
import type ts from "typescript";
import type { Completion } from "./compiled-cell.js";
import type { Draft } from "./draft.js";
import { ownPackage } from "./own-package.js";
import { typeFormat } from "./signature.js";
import { tsc } from "./typescript.js";

type Match = Completion["matches"][number];

/** A suggestion with what it replaces. */
interface Candidate {
  readonly entry: ts.CompletionEntry;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Front ends list them all, and nobody reads more. */
const most = 1000;
/** Signatures take time, and help where one chooses among a few. */
const mostSignatures = 40;

const preferences: ts.GetCompletionsAtPositionOptions = {
  includeCompletionsWithInsertText: true,
  includeAutomaticOptionalChainCompletions: true,
  includeSymbol: true,
};

export function completionAt(draft: Draft, offset: number): Completion {
  const { service, file, shift } = draft;
  const found = service.getCompletionsAtPosition(file.fileName, shift + offset, preferences);
  const literal = literalAt(file, shift + offset);
  const span = found?.optionalReplacementSpan ?? (literal && contentOf(literal));
  const base = span ? unshifted(span, shift) : wordAround(draft.source, offset);
  const entries = [
    ...(found?.entries ?? []),
    ...(isModuleName(literal) && !/[./]/.test(literal.text) ? [ownModule] : []),
  ];
  const candidates = entries
    .filter(({ kind }) => kind !== tsc.ScriptElementKind.warning)
    .map((entry) => candidate(entry, base, shift));
  const { start, end } = candidates.find((c) => c.start === base.start) ?? candidates[0] ?? base;
  const typed = draft.source.slice(start, offset).replace(leading, "");
  const fitting = candidates.filter((c) => c.start === start && c.end === end);
  return { matches: matchesOf(ranked(fitting, typed), draft), start, end };
}

function candidate(entry: ts.CompletionEntry, base: { start: number; end: number }, shift: number): Candidate {
  const span = entry.replacementSpan ? unshifted(entry.replacementSpan, shift) : base;
  return { entry, text: entry.insertText ?? entry.name, ...span };
}

function unshifted({ start, length }: ts.TextSpan, shift: number): { start: number; end: number } {
  return { start: start - shift, end: start - shift + length };
}

function wordAround(source: string, offset: number): { start: number; end: number } {
  const before = /[\p{ID_Continue}$\u200c\u200d]*$/u.exec(source.slice(0, offset))?.[0] ?? "";
  const after = /^[\p{ID_Continue}$\u200c\u200d]*/u.exec(source.slice(offset))?.[0] ?? "";
  return { start: offset - before.length, end: offset + after.length };
}

/** What leads to a name: dots, brackets and quotes. */
const leading = /^[?.[\s'"`]+/;

/** The ones that begin as typed, else those that hold it; as typed to the letter first, and keywords after names. */
function ranked(candidates: readonly Candidate[], typed: string): Candidate[] {
  const lower = typed.toLowerCase();
  const nameOf = ({ entry }: Candidate): string => entry.name.replace(leading, "");
  const beginning = candidates.filter((c) => nameOf(c).toLowerCase().startsWith(lower));
  const kept = beginning.length > 0 ? beginning : candidates.filter((c) => nameOf(c).toLowerCase().includes(lower));
  const key = (c: Candidate): string => {
    const { kind, sortText } = c.entry;
    const exact = nameOf(c).startsWith(typed) ? 0 : 1;
    const keyword = kind === tsc.ScriptElementKind.keyword ? 1 : 0;
    return `${exact} ${keyword} ${sortText} ${nameOf(c).toLowerCase()} ${c.entry.name}`;
  };
  const keyed = kept.map((c) => ({ c, key: key(c) }));
  return keyed.sort((a, b) => Number(a.key > b.key) - Number(a.key < b.key)).map(({ c }) => c);
}

function matchesOf(candidates: readonly Candidate[], draft: Draft): Match[] {
  const matches = new Map<string, Match>();
  const signed = candidates.length <= mostSignatures;
  for (const { entry, text } of candidates) {
    if (matches.size >= most) break;
    if (matches.has(text)) continue;
    const signature = signed ? signatureOf(entry.symbol, draft) : undefined;
    matches.set(text, { text, kind: kindOf(entry, draft.checker), ...(signature === undefined ? {} : { signature }) });
  }
  return [...matches.values()];
}

function target(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & tsc.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function signatureOf(symbol: ts.Symbol | undefined, { checker, file }: Draft): string | undefined {
  if (symbol === undefined) return undefined;
  const type = checker.getTypeOfSymbolAtLocation(target(symbol, checker), file);
  const [first] = type.getCallSignatures();
  return first && checker.signatureToString(first, file, typeFormat).replace(/\s+/g, " ");
}

const symbolKinds: readonly (readonly [flags: ts.SymbolFlags, kind: string])[] = [
  [tsc.SymbolFlags.Class, "class"],
  [tsc.SymbolFlags.Function, "function"],
  [tsc.SymbolFlags.Enum, "enum"],
  [tsc.SymbolFlags.Variable, "variable"],
  [tsc.SymbolFlags.ValueModule, "module"],
  [tsc.SymbolFlags.Interface, "interface"],
  [tsc.SymbolFlags.TypeAlias, "type"],
  [tsc.SymbolFlags.NamespaceModule, "module"],
];

/** Names of earlier cells are imports to TypeScript, and what they stand for to the reader. */
function kindOf({ kind, symbol }: ts.CompletionEntry, checker: ts.TypeChecker): string {
  if (kind !== tsc.ScriptElementKind.alias || symbol === undefined) return plainKinds[kind] ?? kind;
  const { flags } = target(symbol, checker);
  return symbolKinds.find(([flag]) => flags & flag)?.[1] ?? "variable";
}

const plainKinds: Readonly<Record<string, string>> = {
  const: "variable",
  let: "variable",
  var: "variable",
  "local var": "variable",
  "local function": "function",
  "local class": "class",
  "await using": "variable",
  using: "variable",
  getter: "property",
  setter: "property",
  accessor: "property",
  "enum member": "property",
  "external module name": "module",
  "type parameter": "type",
  script: "path",
  directory: "path",
  "primitive type": "type",
};

/** The package that this kernel belongs to can be imported everywhere, also where it is not installed. */
const ownModule: ts.CompletionEntry = {
  name: ownPackage,
  kind: tsc.ScriptElementKind.externalModuleName,
  sortText: "11",
};

/** What stands between the quotes, the second of which may be missing; of a path its last part. */
function contentOf(literal: ts.StringLiteralLike): ts.TextSpan {
  const start = literal.getStart() + 1;
  const end = Math.min(start + literal.text.length, literal.end);
  const from = isModuleName(literal) ? start + literal.text.lastIndexOf("/") + 1 : start;
  return { start: from, length: end - from };
}

function literalAt(node: ts.Node, position: number): ts.StringLiteralLike | undefined {
  if (tsc.isStringLiteralLike(node)) return node.getStart() < position && position <= node.end ? node : undefined;
  return tsc.forEachChild(node, (child) =>
    child.pos <= position && position <= child.end ? literalAt(child, position) : undefined,
  );
}

function isModuleName(literal: ts.StringLiteralLike | undefined): literal is ts.StringLiteralLike {
  if (literal === undefined) return false;
  const { parent } = literal;
  if (tsc.isCallExpression(parent)) return parent.expression.kind === tsc.SyntaxKind.ImportKeyword;
  return tsc.isImportDeclaration(parent) || tsc.isExportDeclaration(parent) || tsc.isExternalModuleReference(parent);
}
