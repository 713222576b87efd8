/** What is known of the name at a place in a cell, or of the function whose call it stands in. */
import type ts from "typescript";
import type { Inspection } from "./compiled-cell.js";
import type { Draft } from "./draft.js";
import { tsc } from "./typescript.js";

const nameCharacter = /[\p{ID_Continue}$]/u;

export function inspectionAt(draft: Draft, offset: number): Inspection | undefined {
  const { source, shift } = draft;
  const places = [offset, offset - 1].filter((at) => nameCharacter.test(source.charAt(at)));
  for (const at of places) {
    const found = nameAt(draft, shift + at);
    if (found) return found;
  }
  return callAround(draft, shift + offset);
}

function nameAt(draft: Draft, position: number): Inspection | undefined {
  const { service, file, shift } = draft;
  const info = service.getQuickInfoAtPosition(file.fileName, position);
  if (info === undefined || info.textSpan.start < shift) return undefined;
  const signature = withoutAlias(tsc.displayPartsToString(info.displayParts));
  // what TypeScript says of a name that is nowhere
  if (signature === "any") return undefined;
  const documentation = documentationOf(info) || documentationInCell(draft, info.textSpan.start);
  return { signature, documentation };
}

/** Names of earlier cells are imports to TypeScript, and declarations to the reader. */
function withoutAlias(signature: string): string {
  return signature.replace(/^\(alias\) /, "").replace(/\nimport [^\n]*$/, "");
}

/** The comment where an earlier cell declared the variable: what stands for it here has none. */
function documentationInCell({ checker, file, shift }: Draft, position: number): string {
  const name = identifierAt(file, position);
  const declaration = name && checker.getSymbolAtLocation(name)?.valueDeclaration;
  if (declaration === undefined || declaration.pos >= shift || !tsc.isVariableDeclaration(declaration)) return "";
  const { type } = declaration;
  const exported = type && tsc.isImportTypeNode(type) && type.qualifier && checker.getSymbolAtLocation(type.qualifier);
  if (!exported) return "";
  const symbol = exported.flags & tsc.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  return documentationOf({
    documentation: symbol.getDocumentationComment(checker),
    tags: symbol.getJsDocTags(checker),
  });
}

function identifierAt(node: ts.Node, position: number): ts.Identifier | undefined {
  if (tsc.isIdentifier(node)) return node;
  return tsc.forEachChild(node, (child) =>
    child.pos <= position && position < child.end ? identifierAt(child, position) : undefined,
  );
}

function documentationOf(described: { documentation?: ts.SymbolDisplayPart[]; tags?: ts.JSDocTagInfo[] }): string {
  const tags = (described.tags ?? []).map(({ name, text }) => `@${name} ${tsc.displayPartsToString(text)}`.trimEnd());
  return [tsc.displayPartsToString(described.documentation), tags.join("\n")]
    .filter((part) => part !== "")
    .join("\n\n");
}

function callAround({ service, file, shift }: Draft, position: number): Inspection | undefined {
  const help = service.getSignatureHelpItems(file.fileName, position, undefined);
  const item = help?.items[help.selectedItemIndex];
  if (help === undefined || item === undefined || help.applicableSpan.start < shift) return undefined;
  const parameters = item.parameters.map(({ displayParts }) => tsc.displayPartsToString(displayParts));
  const separator = tsc.displayPartsToString(item.separatorDisplayParts);
  const [before, after] = [item.prefixDisplayParts, item.suffixDisplayParts].map((parts) =>
    tsc.displayPartsToString(parts),
  );
  return { signature: `${before}${parameters.join(separator)}${after}`, documentation: documentationOf(item) };
}
