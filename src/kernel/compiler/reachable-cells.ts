/** Which cells' values must stay: those of names that are known, and of variables that other cells look up. */
import type { KnownName } from "./known-names.js";

export class ReachableCells {
  /** Cells with names that have run and were not forgotten. */
  readonly #there = new Set<number>();
  /** Cells with a variable that the code of another one looks up whenever it runs, which may be any time. */
  readonly #lookedUp = new Set<number>();

  /** Cells that nothing leads to while `known` are the known names. */
  unreachable(known: Iterable<KnownName>): number[] {
    const named = new Set([...known].map(({ cell }) => cell));
    return [...this.#there].filter((cell) => !named.has(cell) && !this.#lookedUp.has(cell));
  }

  /** Takes note of the names that a cell uses. */
  refer(names: Iterable<KnownName>): void {
    for (const { cell, live } of names) if (live) this.#lookedUp.add(cell);
  }

  /** A cell has run, with names or none, and what it was told to forget is gone. */
  commit(cell: number, hasNames: boolean, forgotten: readonly number[]): void {
    if (hasNames) this.#there.add(cell);
    for (const gone of forgotten) this.#there.delete(gone);
  }

  clear(): void {
    this.#there.clear();
    this.#lookedUp.clear();
  }
}
