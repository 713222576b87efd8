/** What the cells so far have left: names, and declarations that reach beyond their cell. */
import type { KnownName, KnownNames } from "./known-names.js";
import { ReachableCells } from "./reachable-cells.js";

/** What a cell leaves once it has run. */
export interface CellNames {
  readonly names: KnownNames;
  /** What it declares for all files, as `declare global` does. */
  readonly global: ReadonlySet<string>;
}

interface Pending extends CellNames {
  readonly forget: readonly number[];
}

export class NotebookNames {
  readonly #known = new Map<string, KnownName>();
  /** Cells that were compiled, and may be committed. */
  readonly #pending = new Map<number, Pending>();
  readonly #global = new Map<number, ReadonlySet<string>>();
  /** The cells that the types of a cell follow from, for all cells whose types may still be asked for. */
  readonly #uses = new Map<number, ReadonlySet<number>>();
  readonly #reachable = new ReachableCells();

  /** Cells with declarations for every file, without those that declare nothing but what is declared anew. */
  global(declared: ReadonlySet<string>): readonly number[] {
    const stays = (names: ReadonlySet<string>): boolean => [...names].some((name) => !declared.has(name));
    return [...this.#global].filter(([, names]) => stays(names)).map(([cell]) => cell);
  }

  /** The names of earlier cells that one may mean that declares `declared`: all, or those among `words`. */
  visible(declared: ReadonlyMap<string, unknown>, words?: ReadonlySet<string>): KnownNames {
    return new Map([...this.#known].filter(([name]) => !declared.has(name) && (words?.has(name) ?? true)));
  }

  /**
   * Takes what a compiled cell will leave, and which names it uses.
   *
   * @returns the cells that can be forgotten when it runs
   */
  prepare(cell: number, left: CellNames, used: KnownNames): readonly number[] {
    const forget = this.#reachable.unreachable(this.#known.values());
    this.#reachable.refer(used.values());
    this.#pending.set(cell, { ...left, forget });
    const linked = [...used.values()].filter(({ plain }) => plain === undefined);
    this.#uses.set(cell, new Set(linked.map((name) => name.cell)));
    return forget;
  }

  /** Makes the initialised names of a cell known, and all its types. */
  commit(cell: number, initialised: ReadonlySet<string>): void {
    const pending = this.#pending.get(cell);
    if (pending === undefined) return;
    this.#pending.delete(cell);
    for (const [name, known] of pending.names) if (!known.value || initialised.has(name)) this.#known.set(name, known);
    const hasValues = [...pending.names.values()].some(({ value }) => value);
    this.#reachable.commit(cell, hasValues, pending.forget);
    if (pending.global.size === 0) return;
    const staying = new Set(this.global(pending.global));
    for (const earlier of this.#global.keys()) if (!staying.has(earlier)) this.#global.delete(earlier);
    this.#global.set(cell, pending.global);
  }

  /** The cells that no type of a known name follows from any more; each is told once. */
  takeUntyped(): number[] {
    const waiting = [
      ...[...this.#known.values()].map(({ cell }) => cell),
      ...this.#global.keys(),
      ...this.#pending.keys(),
    ];
    const kept = new Set<number>();
    for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
      if (kept.has(cell)) continue;
      kept.add(cell);
      waiting.push(...(this.#uses.get(cell) ?? []));
    }
    const untyped = [...this.#uses.keys()].filter((cell) => !kept.has(cell));
    for (const cell of untyped) this.#uses.delete(cell);
    return untyped;
  }

  clear(): void {
    this.#known.clear();
    this.#pending.clear();
    this.#global.clear();
    this.#reachable.clear();
  }
}
