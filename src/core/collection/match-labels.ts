/** Which picture each row of a table of labels means, with all that does not fit together. */
import { isAbsolute, posix, resolve, sep } from "node:path";
import type { LabelRow, LabelTable } from "../interchange/label-table.js";
import { realFolder } from "../store/real-folder.js";

/** A row that labels no picture, and why. */
export interface LabelProblem {
  readonly kind:
    | "malformed row"
    | "empty label"
    | "no such picture"
    | "unreadable picture"
    | "several pictures"
    | "two labels";
  /** of the table, counted from 1 */
  readonly line: number;
  readonly file?: string;
  /** what is wrong, after "line 3" */
  readonly problem: string;
}

export interface MatchedLabels {
  /** one a picture; undefined where it has none that can be used */
  readonly labels: readonly (string | undefined)[];
  /** pictures with a label */
  readonly matched: number;
  /** in the order of the lines */
  readonly problems: readonly LabelProblem[];
  /** places of the pictures without, in rising order */
  readonly unlabelled: readonly number[];
}

export interface MatchLabelsOptions {
  /** folders that names may start from, beside the table's own, such as those of a store */
  readonly folders?: readonly string[];
  /** paths of pictures that are known and could not be read, so that their rows are told from those of none */
  readonly unreadable?: readonly string[];
}

/**
 * Finds the picture of each row: by its whole path; by its path from the table's folder on, then from each of
 * `folders`; then by the end of its path, which a bare file name is too, where only one picture ends so. Names may be
 * in either form of Unicode, and their parts joined by "/" or by "\".
 *
 * A picture with two different labels gets neither.
 *
 * @param pictures their paths, one a row
 */
export function matchLabels(
  table: LabelTable,
  pictures: readonly string[],
  { folders = [], unreadable = [] }: MatchLabelsOptions = {},
): MatchedLabels {
  const starts = [resolve(table.path, ".."), ...folders];
  const [known, failed] = [new PathIndex(pictures), new PathIndex(unreadable)];
  const problems: LabelProblem[] = table.malformed.map((row) => ({ kind: "malformed row", ...row }));
  const rowsOf = new Map<number, LabelRow[]>();
  for (const row of table.rows) {
    const places = known.find(row.file, starts);
    const problem = problemOf(row, places, pictures, () => failed.find(row.file, starts).length > 0);
    if (problem) problems.push({ ...problem, line: row.line, file: row.file });
    else listAt(rowsOf, places[0]).push(row);
  }
  const labels = pictures.map((_, place): string | undefined => {
    const rows = rowsOf.get(place) ?? [];
    const names = [...new Set(rows.map(({ label }) => label))];
    if (names.length < 2) return names[0];
    const all = rows.map(({ label, line }) => `"${label}" in line ${line}`).join(", ");
    for (const { line, file } of rows)
      problems.push({ kind: "two labels", line, file, problem: `labels a picture that has different labels: ${all}` });
    return undefined;
  });
  return {
    labels,
    matched: labels.filter((label) => label !== undefined).length,
    problems: problems.sort((a, b) => a.line - b.line),
    unlabelled: labels.flatMap((label, place) => (label === undefined ? [place] : [])),
  };
}

type Found = Pick<LabelProblem, "kind" | "problem">;

function problemOf(
  { file, label }: LabelRow,
  places: readonly number[],
  pictures: readonly string[],
  isUnreadable: () => boolean,
): Found | undefined {
  if (places.length > 1) {
    const some = places.slice(0, 3).map((place) => pictures[place]);
    const more = places.length > some.length ? ` and ${places.length - some.length} more` : "";
    return {
      kind: "several pictures",
      problem: `names ${file}, which ${places.length} pictures are called: ${some.join(", ")}${more}`,
    };
  }
  if (places.length === 0)
    return isUnreadable()
      ? { kind: "unreadable picture", problem: `names ${file}, which could not be read` }
      : { kind: "no such picture", problem: `names ${file}, which is none of the pictures` };
  return label === "" ? { kind: "empty label", problem: `gives ${file} no label` } : undefined;
}

/** Places of paths, by all of what people call them. */
class PathIndex {
  readonly #paths: readonly string[];
  /** in one form of Unicode */
  readonly #keys: readonly string[];
  readonly #whole = new Map<string, number[]>();
  /** by the last part of the path */
  readonly #named = new Map<string, number[]>();
  /** realpath asks the file system, and most rows lie in few folders */
  readonly #folders = new Map<string, string>();

  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => joined(resolve(path)));
    this.#keys = this.#paths.map((path) => path.normalize("NFC"));
    for (const [place, key] of this.#keys.entries()) {
      listAt(this.#whole, key).push(place);
      listAt(this.#named, posix.basename(key)).push(place);
    }
  }

  /** @param starts folders that the name may start from, the first that leads to a picture decides */
  find(name: string, starts: readonly string[]): readonly number[] {
    const forms = sep === "/" && name.includes("\\") ? [name, name.replaceAll("\\", "/")] : [name];
    for (const form of forms)
      for (const path of isAbsolute(form) ? [form] : starts.map((start) => resolve(start, form))) {
        const found = this.#at(path);
        if (found.length > 0) return found;
      }
    for (const form of forms) {
      const found = isAbsolute(form) ? [] : this.#endingIn(form);
      if (found.length > 0) return found;
    }
    return [];
  }

  #at(path: string): readonly number[] {
    const whole = joined(resolve(path));
    return this.#exact(whole, this.#whole.get(whole.normalize("NFC"))) ?? this.#behindLinks(whole);
  }

  /** A store has its folders' own paths, which links may lead to. */
  #behindLinks(path: string): readonly number[] {
    const folder = posix.dirname(path);
    if (!this.#folders.has(folder)) this.#folders.set(folder, joined(realFolder(folder)));
    const real = posix.join(this.#folders.get(folder)!, posix.basename(path));
    return this.#exact(real, this.#whole.get(real.normalize("NFC"))) ?? [];
  }

  /** Where names differ in nothing but their form of Unicode, the very one that is given. */
  #exact(path: string, places: readonly number[] | undefined): readonly number[] | undefined {
    if (!places || places.length < 2) return places;
    const same = places.filter((place) => this.#paths[place] === path);
    return same.length > 0 ? same : places;
  }

  #endingIn(name: string): readonly number[] {
    const end = `/${posix.normalize(joined(name))}`;
    const key = end.normalize("NFC");
    const ending = (this.#named.get(posix.basename(key)) ?? []).filter((place) => this.#keys[place].endsWith(key));
    const same = ending.filter((place) => this.#paths[place].endsWith(end));
    return ending.length > 1 && same.length === 1 ? same : ending;
  }
}

function listAt<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const there = lists.get(key);
  if (there) return there;
  const made: V[] = [];
  lists.set(key, made);
  return made;
}

function joined(path: string): string {
  return path.split(sep).join("/");
}
