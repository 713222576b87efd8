/** The functions that every cell finds: `display`, `progress`, `timeit` and `clearOutput`. */
import type { CellEvent, DisplayData } from "../cells/messages.js";
import { Displays } from "./displays.js";
import type { ReportContext } from "./error-report.js";
import { ProgressBars } from "./progress.js";
import type { DisplayHandle, DisplayOptions, Progress } from "./public-types.js";
import { timeit } from "./timeit.js";

/** What the functions send. */
export type ValueEvent = Extract<CellEvent, { type: "display" | "clear" }>;

export interface CellFunctions {
  readonly display: (value: unknown, options?: DisplayOptions) => DisplayHandle;
  readonly progress: Progress;
  readonly timeit: typeof timeit;
  readonly clearOutput: (wait?: boolean) => void;
}

export interface CellFunctionSet {
  /** to become global names of the cells */
  readonly functions: CellFunctions;
  /** Resolves when everything displayed so far was sent, which takes time only for what draws itself later. */
  settled(): Promise<void>;
  /** For the end of a cell that failed or was interrupted: bars that still run have stopped, and no drawing is waited for. */
  stop(): void;
}

/**
 * Makes the functions, each of which sends what it shows through `emit`, in order.
 *
 * @param context where the notebook lies, so that errors that are displayed show the cells' lines
 */
export function createCellFunctions(emit: (event: ValueEvent) => void, context?: ReportContext): CellFunctionSet {
  const send = (data: DisplayData, displayId: string, update: boolean): void =>
    emit({ type: "display", data, metadata: {}, displayId, update });
  const displays = new Displays(send, context);
  const bars = new ProgressBars(send);
  return {
    functions: {
      display: (value, options) => displays.display(value, options),
      progress: bars.progress,
      timeit,
      clearOutput: (wait = false) => void emit({ type: "clear", wait: wait === true }),
    },
    settled: () => displays.settled(),
    stop() {
      bars.stopAll();
      displays.forget();
    },
  };
}
