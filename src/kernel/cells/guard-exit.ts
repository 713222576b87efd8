/** Keeps a cell's `process.exit` from ending the kernel and all state with it. */

/** Thrown by `process.exit` in a cell. */
export class ProcessExit extends Error {
  override readonly name = "ProcessExit";
  constructor(code: unknown) {
    super(
      `process.exit(${code ?? ""}) was called: the cell ended here, and everything that was defined before is still there`,
    );
  }
}

/** From now on `process.exit` throws. */
export function guardExit(): void {
  process.exit = ((code?: unknown) => {
    throw new ProcessExit(code);
  }) as typeof process.exit;
}
