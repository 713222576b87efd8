/** Runs one compiled cell: until it settles, something outside it fails, or it is interrupted. */
import { Script } from "node:vm";
import type { CellExecution } from "../../core/display-hook.js";
import type { CellScope, CompiledCell } from "../compiler/compiled-cell.js";
import { createWait } from "./cell-wait.js";
import type { Modules } from "./modules.js";
import type { Places } from "./places.js";
import { settleOnce } from "./settle-once.js";

/** Thrown into a cell that is interrupted, at the `await` where it waits. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("the cell was interrupted; everything that it had defined before is still there");
  }
}

export type CellResult =
  | { readonly ok: true; readonly value: unknown; readonly defined: string[] }
  | { readonly ok: false; readonly thrown: unknown; readonly defined: string[] };

export interface CellRun {
  readonly execution: CellExecution;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
  readonly finished: Promise<CellResult>;
  /** The names that it has initialised so far. */
  defined(): string[];
  /** Ends the run with an error that did not come through the cell's own promise. False when it has ended already. */
  fail(thrown: unknown): boolean;
  /**
   * Ends the run; what it waits for is told by the execution's signal.
   *
   * @param cut what it was computing has been cut off, so that there is nothing to wait for
   */
  interrupt(cut: boolean): void;
  /** Calls the cell. An interrupt may cut this call off, so that nothing after it in the caller runs. */
  start(): void;
}

/** The names of all cells that ran in this process, by the cells' ids. */
export type CellNames = Record<number, Record<string, unknown>>;

type Definitions = Parameters<CellScope["define"]>[0];

/** The process's own: a cell may put others in their place, as tests with a clock of their own do. */
const { setTimeout } = globalThis;

/** Time for the `finally` blocks of an interrupted cell. */
const graceMilliseconds = 300;

function initialised(definitions: Definitions): string[] {
  return Object.keys(definitions).filter((name) => {
    try {
      definitions[name]![0]();
      return true;
    } catch {
      return false;
    }
  });
}

function accessors(definitions: Definitions): Record<string, unknown> {
  const names: Record<string, unknown> = Object.create(null);
  for (const [name, [get, set]] of Object.entries(definitions))
    Object.defineProperty(names, name, set ? { get, set, enumerable: true } : { get, enumerable: true });
  return names;
}

export interface Surroundings {
  readonly cells: CellNames;
  readonly modules: Modules;
  readonly places: Places;
  /** What `import.meta` is in cells. */
  readonly meta: CellScope["meta"];
  /** Whether somebody is at the page. */
  readonly attended: boolean;
}

/** By itself, since it is kept as long as its cell: nothing else of the run may hang on it. */
function createExecution(running: AbortSignal, attended: boolean): { execution: CellExecution; end(): void } {
  let signal: AbortSignal | undefined = running;
  return {
    execution: {
      replaced: false,
      attended,
      // what a page or a timer begins later is no part of the run
      get signal() {
        return signal;
      },
    },
    end() {
      signal = undefined;
    },
  };
}

/** Prepares a run; `cells` receives the names that it defines. */
export function prepareRun(compiled: CompiledCell, { cells, modules, places, meta, attended }: Surroundings): CellRun {
  const { id, label, source, code, map, imports } = compiled;
  const script = `patchlab-cell:${id}`;
  places.add(script, label, source, map);
  modules.update(compiled.modules);
  for (const earlier of compiled.forget ?? []) delete cells[earlier];
  const abort = new AbortController();
  const { execution, end } = createExecution(abort.signal, attended);
  const wait = createWait();
  let definitions: Definitions = {};
  const scope: CellScope = {
    import: (specifier) => modules.import(specifier, imports),
    cells,
    define(names) {
      definitions = names;
      cells[id] = accessors(names);
    },
    meta,
    wait: wait.on,
  };
  const settled = settleOnce();
  const finished = settled.result.then((result): CellResult => {
    end();
    wait.end();
    const defined = initialised(definitions);
    return "thrown" in result
      ? { ok: false, thrown: result.thrown, defined }
      : { ok: true, value: result.value, defined };
  });
  return {
    execution,
    signal: abort.signal,
    finished,
    defined: () => initialised(definitions),
    fail: settled.fail,
    interrupt(cut) {
      const reason = new Interrupted();
      wait.reject(reason);
      abort.abort(reason);
      setTimeout(() => settled.fail(reason), cut ? 0 : graceMilliseconds);
    },
    start() {
      const run = new Script(code, { filename: script }).runInThisContext() as (scope: CellScope) => Promise<unknown>;
      run(scope).then(settled.succeed, settled.fail);
    },
  };
}
