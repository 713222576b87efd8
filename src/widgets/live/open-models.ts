/** The widgets that are open: a page that was loaded again asks for all of them at once. */
import type { Comm, CommMessage, Comms } from "../../core/display-hook.js";
import { packState } from "./wire.js";

interface OpenModel {
  readonly wholeState: Record<string, unknown>;
}

const openModels = new WeakMap<Comms, Map<string, OpenModel>>();

/** Remembers a model until the returned function is called. */
export function keepOpen(comms: Comms, id: string, model: OpenModel): () => void {
  const open = modelsOf(comms);
  open.set(id, model);
  return () => void open.delete(id);
}

function modelsOf(comms: Comms): Map<string, OpenModel> {
  const known = openModels.get(comms);
  if (known) return known;
  const open = new Map<string, OpenModel>();
  openModels.set(comms, open);
  comms.register("jupyter.widget.control", (comm) => {
    comm.onMessage((message) => answer(comm, message, open));
  });
  return open;
}

function answer(comm: Comm, { data }: CommMessage, open: ReadonlyMap<string, OpenModel>): void {
  if (data.method !== "request_states") return;
  const states = [...open].map(([id, { wholeState }]) => {
    const { _model_name, _model_module, _model_module_version } = wholeState;
    const names = { model_name: _model_name, model_module: _model_module, model_module_version: _model_module_version };
    return [id, { ...names, state: wholeState }];
  });
  const { state, buffer_paths, buffers } = packState(Object.fromEntries(states));
  comm.send({ data: { method: "update_states", states: state, buffer_paths }, buffers });
}
