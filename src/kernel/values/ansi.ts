/** Colours of error reports, as the sequences that terminals and notebooks know. */

const paint =
  (on: number, off: number) =>
  (text: string): string =>
    text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`;

export const red: (text: string) => string = paint(31, 39);

/** Fainter than the rest where that is known; JupyterLab shows it as the rest. */
export const dim: (text: string) => string = paint(2, 22);
