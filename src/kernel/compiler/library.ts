/**
 * The declarations of the language and of Node as one file. Made of some 140 files, they cost every cell a millisecond
 * or two of looking after them; as one they are read and joined once.
 */
import { dirname, resolve } from "node:path";
import { tsc } from "./typescript.js";

/** Parts of the language that came after ES2024, each with what tells whether this Node has it. */
const recentParts: Readonly<Record<string, () => boolean>> = {
  "esnext.array": () => "fromAsync" in Array,
  "esnext.collection": () => "union" in Set.prototype,
  "esnext.decorators": () => true,
  "esnext.disposable": () => true,
  "esnext.error": () => "isError" in Error,
  "esnext.float16": () => "f16round" in Math,
  "esnext.intl": () => "DurationFormat" in Intl,
  "esnext.iterator": () => "Iterator" in globalThis,
  "esnext.promise": () => "try" in Promise,
  "esnext.sharedmemory": () => "pause" in Atomics,
  "esnext.typedarrays": () => "fromBase64" in Uint8Array,
};

export interface Library {
  readonly text: string;
  /** Names of the parts of the language in it, such as `es2020.promise`. */
  readonly parts: ReadonlySet<string>;
}

/** Where TypeScript keeps its own declarations. */
const libraryFolder = dirname(tsc.getDefaultLibFilePath({}));

export function libraryFile(part: string): string {
  return resolve(libraryFolder, `lib.${part}.d.ts`);
}

/** A file with exports of its own cannot be joined with others. */
function isModule(text: string): boolean {
  return /^(?:export|import)\b/m.test(text);
}

/** @param nodeTypes the entry of @types/node, where there is one */
export function readLibrary(nodeTypes: string | undefined): Library {
  const parts = new Set<string>();
  const seen = new Set<string>();
  const references: string[] = [];
  const texts: string[] = [];

  /** What a file refers to comes before it, as later declarations of a function are tried first. */
  function take(file: string): void {
    if (seen.has(file)) return;
    seen.add(file);
    const text = tsc.sys.readFile(file);
    if (text === undefined) return;
    for (const [, kind, target = ""] of text.matchAll(/^\/\/\/\s*<reference\s+(lib|path)="([^"]+)"/gm)) {
      if (kind === "lib") takePart(target);
      else take(resolve(dirname(file), target));
    }
    if (isModule(text)) references.push(`/// <reference path="${file.replaceAll("\\", "/")}" />\n`);
    else texts.push(text.replace(/^\/\/\/\s*<reference.*$/gm, ""));
  }
  function takePart(part: string): void {
    const name = part.toLowerCase();
    parts.add(name);
    take(libraryFile(name));
  }

  takePart("es2024");
  for (const [part, isThere] of Object.entries(recentParts)) if (isThere()) takePart(part);
  if (nodeTypes !== undefined) take(nodeTypes);
  return { text: [...references, ...texts].join(""), parts };
}
