/** Cuts what a cell prints, so that a loop that prints for ever fills neither the notebook nor the memory. */

/** Characters that one run of a cell may print. */
export const outputLimit: number = 10_000_000;

export interface OutputLimit {
  /** The part of `text` that still fits; empty once the limit is reached. */
  fit(text: string): string;
  /** What to say at the end of the run, if something was left out. */
  note(): string | undefined;
  /** A new run begins. */
  restart(): void;
}

export function createOutputLimit(limit: number = outputLimit): OutputLimit {
  let printed = 0;
  return {
    fit(text) {
      const kept = Math.max(0, limit - printed);
      printed += text.length;
      return text.length <= kept ? text : text.slice(0, kept);
    },
    note() {
      if (printed <= limit) return undefined;
      const million = (characters: number): string => (characters / 1e6).toFixed(1);
      return (
        `\n[Output cut: this cell printed ${million(printed)} million characters, of which the first ` +
        `${million(limit)} million are shown. Write long output to a file.]\n`
      );
    },
    restart() {
      printed = 0;
    },
  };
}
