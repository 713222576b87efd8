/** Keeps a cell's `process.exit` from ending the kernel and all state with it. */

/** Thrown by `process.exit` in a cell. */
export class ProcessExit extends Error {
  override readonly name = "ProcessExit";
  constructor(code: unknown) {
    super(
      `process.exit(${code ?? ""}) was called: the cell ended here, and the kernel goes on with everything it knows. To start afresh, restart the kernel.`,
    );
  }
}

/** From now on `process.exit` throws. */
export function guardExit(): void {
  process.exit = ((code?: unknown) => {
    throw new ProcessExit(code);
  }) as typeof process.exit;
}
