/**
 * Figures and the kernel behind them. A notebook's figure carries a name in `data-line`; under the same name the kernel
 * opens an anywidget model without a view, whose script only enters it into this page's directory. Either may come
 * first, and one name may have several figures: the output in a second view, or drawn again. A figure whose kernel is
 * there has the attribute `data-connected`.
 */

/** The model's half of the line, as anywidget gives it to scripts. */
interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, listener: (...parts: never[]) => void): void;
}

interface Directory {
  /** by the figures' names */
  models: Map<string, Model>;
  /** by their names; figures that are gone take their listeners along */
  figures?: Map<string, WeakRef<HTMLElement>[]>;
  /** the models' scripts call these, once there is a figure's script */
  joined?: (name: string) => void;
  left?: (name: string) => void;
}

/** What a figure hears, as the detail of an event on its element. */
export type FromKernel =
  | { connected: boolean }
  /** what the reader, here or elsewhere, or the kernel has chosen: a threshold, a selection */
  | { value: unknown }
  | { content: unknown; buffers: readonly ArrayBufferView[] };

/** What a figure says, in the same way: a choice, or a question. */
export type FromReader = { value: unknown } | { ask: unknown };

const hears = "patchlab:kernel";
const says = "patchlab:reader";

const key: symbol = Symbol.for("patchlab.kernel");

/** One directory for all scripts of this kind on the page: in a notebook each output brings its own. */
function directory(): Required<Directory> {
  const page = globalThis as unknown as Record<symbol, Directory | undefined>;
  const found: Directory = page[key] ?? { models: new Map() };
  page[key] = found;
  if (!found.figures) {
    found.figures = new Map();
    found.joined = join;
    found.left = (name) => tell(name, { connected: false });
    for (const name of found.models.keys()) join(name);
  }
  return found as Required<Directory>;
}

/** The figure's end of the line: takes what the kernel says, gives what says something to it. */
export function kernelEnd(figure: HTMLElement, hear: (message: FromKernel) => void): (message: FromReader) => void {
  figure.addEventListener(hears, (event) => hear((event as CustomEvent<FromKernel>).detail));
  return (detail) => void figure.dispatchEvent(new CustomEvent(says, { detail }));
}

/** Joins a figure that is ready with its model, now or when that comes. Figures that no kernel showed have none. */
export function connect(figure: HTMLElement): void {
  const name = figure.dataset.line;
  if (!name) return;
  const { figures, models } = directory();
  figures.set(
    name,
    [...present(name), figure].map((one) => new WeakRef(one)),
  );
  figure.addEventListener(says, (event) => pass(name, (event as CustomEvent<FromReader>).detail));
  const model = models.get(name);
  if (model) greet(figure, model);
}

function join(name: string): void {
  const model = directory().models.get(name);
  if (!model) return;
  model.on("change:value", () => tell(name, { value: model.get("value") }));
  model.on("msg:custom", (content: unknown, buffers: readonly ArrayBufferView[]) => tell(name, { content, buffers }));
  // a model outlives a kernel that was started again, and is told so once
  model.on("comm_live_update", () => directory().left(name));
  for (const figure of present(name)) greet(figure, model);
}

function greet(figure: HTMLElement, model: Model): void {
  say(figure, { connected: true });
  say(figure, { value: model.get("value") });
}

function present(name: string): HTMLElement[] {
  return (directory().figures.get(name) ?? []).flatMap((figure) => figure.deref() ?? []);
}

function tell(name: string, message: FromKernel): void {
  for (const figure of present(name)) say(figure, message);
}

function say(figure: HTMLElement, detail: FromKernel): void {
  if ("connected" in detail) figure.toggleAttribute("data-connected", detail.connected);
  figure.dispatchEvent(new CustomEvent(hears, { detail }));
}

function pass(name: string, message: FromReader): void {
  const model = directory().models.get(name);
  if (!model) return;
  if ("ask" in message) model.send(message.ask);
  else {
    model.set("value", message.value);
    model.save_changes();
  }
}
