/** The cells that ran since the kernel was started. Nothing of it is kept on disk. */
import type { HistoryRequest } from "../wire/requests.js";

interface Entry {
  /** The execution count of the cell. */
  readonly line: number;
  readonly source: string;
  /** Its result as text. */
  readonly output?: string;
}

/** Session, line and what was entered, with what came of it where that was asked for. */
export type HistoryItem = [session: number, line: number, entry: string | [source: string, output: string | null]];

/** The only session there is: the protocol's number for the current one. */
const currentSession = 0;

/** As many cells as are remembered; the oldest are forgotten. */
const remembered = 10_000;

/** As many as IPython gives, where a front end does not say how many. */
const usualTail = 10;

/** `*`, `?`, `[abc]` and `[^abc]` as in SQLite's GLOB, which IPython searches with. */
function globPattern(glob: string): RegExp {
  const source = glob.replace(
    /\[(\^?)(\]?[^\]]*)\]|[\s\S]/g,
    (part, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not}${set.replace(/[\\\]^[]/g, "\\$&")}]`;
      if (part === "*") return "[\\s\\S]*";
      if (part === "?") return "[\\s\\S]";
      return part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    },
  );
  try {
    return new RegExp(`^${source}$`, "u");
  } catch {
    // a set that is no set, such as [z-a], matches nothing
    return /$^/;
  }
}

function last<T>(items: readonly T[], count: number): T[] {
  return count === 0 ? [] : items.slice(-count);
}

/** Leaves each source once, where it stands last. */
function unique(entries: readonly Entry[]): Entry[] {
  const bySource = new Map(entries.map((entry) => [entry.source, entry]));
  return entries.filter((entry) => bySource.get(entry.source) === entry);
}

export class History {
  #entries: Entry[] = [];

  add(line: number, source: string, output?: string): void {
    this.#entries.push({ line, source, ...(output === undefined ? {} : { output }) });
    if (this.#entries.length > remembered) this.#entries.shift();
  }

  /** Answers a history request, oldest cell first. */
  find(request: HistoryRequest): HistoryItem[] {
    return this.#select(request).map(({ line, source, output }) => {
      return [currentSession, line, request.output ? [source, output ?? null] : source];
    });
  }

  #select(request: HistoryRequest): Entry[] {
    switch (request.hist_access_type) {
      case "tail":
        return last(this.#entries, request.n ?? usualTail);
      case "range":
        return this.#range(request);
      case "search": {
        const pattern = globPattern(request.pattern ?? "*");
        const found = this.#entries.filter(({ source }) => pattern.test(source));
        const entries = request.unique ? unique(found) : found;
        return request.n == null ? entries : last(entries, request.n);
      }
    }
  }

  /** From `start` up to before `stop`; negative ones count from the end, as IPython does. */
  #range({ session, start, stop }: HistoryRequest): Entry[] {
    if ((session ?? currentSession) !== currentSession) return [];
    const end = (this.#entries.at(-1)?.line ?? 0) + 1;
    const from = start == null ? 0 : start < 0 ? end + start : start;
    const to = stop == null ? end : stop < 0 ? end + stop : stop;
    return this.#entries.filter(({ line }) => line >= from && line < to);
  }
}
