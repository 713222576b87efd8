/** Where compiled code came from: stack traces name the cell's own lines, or those of a TypeScript file beside it. */
import { SourceMap } from "node:module";

/** A place in a source that we compiled, lines and columns from 1. */
export interface Place {
  readonly label: string;
  readonly line: number;
  readonly column: number;
  readonly source: string;
}

export interface Places {
  /** Makes a script known: its name in Node, what to call it, and its map back. */
  add(script: string, label: string, source: string, map: string): void;
  /** The source with that label, for the lines around an error. */
  sourceOf(label: string): string | undefined;
}

interface Script {
  readonly label: string;
  /** Read once a place is asked for, which for most cells is never. */
  readonly map: () => SourceMap;
}

function readLater(text: string): () => SourceMap {
  let map: SourceMap | undefined;
  return () => {
    map ??= new SourceMap(JSON.parse(text));
    return map;
  };
}

/** What runs the cells lies here, and is nothing that a cell's author looks for in a stack. */
const ownFolder = new URL(".", import.meta.url).href;

/** The place of a call site of one of our scripts, as `label:line:column`. */
function placeOf(site: NodeJS.CallSite, scripts: ReadonlyMap<string, Script>): string | undefined {
  const script = scripts.get(site.getFileName() ?? "");
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (!script || line === null || column === null) return undefined;
  const entry = script.map().findEntry(line - 1, column - 1);
  if (!("originalLine" in entry)) return script.label;
  return `${script.label}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function frame(site: NodeJS.CallSite, scripts: ReadonlyMap<string, Script>): string {
  const text = String(site);
  const place = placeOf(site, scripts);
  if (place === undefined) return text;
  const raw = `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  return text.replace(raw, () => place);
}

function header(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}

/**
 * Follows scripts from now on. Stacks are mapped when they are made, so that `console.log(error)` and `error.stack`
 * in a cell show the same lines as an error that ends it.
 */
export function followPlaces(): Places {
  const scripts = new Map<string, Script>();
  const sources = new Map<string, string>();
  const mapped: typeof Error.prepareStackTrace = (error, sites) => {
    const theirs = sites.filter((site) => !site.getFileName()?.startsWith(ownFolder));
    return [header(error), ...theirs.map((site) => `    at ${frame(site, scripts)}`)].join("\n");
  };
  return {
    add(script, label, source, map) {
      // again for each cell, as a package may have put its own there
      Error.prepareStackTrace = mapped;
      scripts.set(script, { label, map: readLater(map) });
      sources.set(label, source);
    },
    sourceOf: (label) => sources.get(label),
  };
}
