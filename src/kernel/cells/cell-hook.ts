/** What modules in this process find under the notebook's symbol: where figures, comms and the running cell are. */
import { type CellExecution, type Comms, type DisplayHook, setDisplayHook } from "../../core/display-hook.js";
import { bundleData } from "../values/bundle-data.js";
import type { CellEvent } from "./messages.js";

export interface HookSources {
  send(event: CellEvent): void;
  execution(): CellExecution | undefined;
  /** Shows an error that is no cell's. */
  report(error: unknown): void;
  /** Absent where no page can answer. */
  readonly comms?: Comms;
}

export function installHook({ send, execution, report, comms }: HookSources): void {
  const show: DisplayHook = (bundle, { id, update = false } = {}) => {
    const place = id === undefined ? {} : { displayId: id };
    send({ type: "display", data: bundleData(bundle), metadata: {}, ...place, update });
  };
  setDisplayHook(Object.assign(show, { execution, report, ...(comms === undefined ? {} : { comms }) }));
}
