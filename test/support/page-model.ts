/**
 * The model of a figure's line in a page, as anywidget would make it of the kernel's messages: the test's page and the
 * kernel's side in this process talk with each other, bytes and echoes included.
 */
import type { Page } from "playwright-core";
import type { FakeLine, Message } from "./fake-comms.js";

/** A message as it crosses into the page and back. */
interface Crossing {
  data: Record<string, unknown>;
  buffers: number[][];
}

type PageModels = Record<string, { hear(message: Crossing): void; destroy(): void }>;

let counter = 0;

/** Makes the model and runs its script. The page is a plain one: call it again after a reload. */
export async function joinPage(page: Page, line: FakeLine): Promise<void> {
  const say = `sayToKernel${++counter}`;
  await page.exposeFunction(say, ({ data, buffers }: Crossing) =>
    line.say(
      data,
      buffers.map((bytes) => Uint8Array.from(bytes)),
    ),
  );
  const state: Record<string, unknown> = { ...(line.opened.data.state as object) };
  for (const { data } of line.sent) if (data.method === "update") Object.assign(state, data.state);
  // what the kernel answers at once waits until the model is there
  const started = startIn(page, { state, say, id: line.id });
  line.deliver = (message) =>
    void started.then(() => page.evaluate(hearInPage, { id: line.id, message: crossing(message) }));
  line.closed = () => void started.then(() => page.evaluate(destroyInPage, line.id));
  await started;
}

async function startIn(page: Page, model: Parameters<typeof startModel>[0]): Promise<void> {
  // the compiler of tests names functions by a helper, which pages do not have
  await page.evaluate("globalThis.__name ??= (named) => named");
  await page.evaluate(startModel, model);
}

function crossing({ data, buffers }: Message): Crossing {
  return { data, buffers: buffers.map((bytes) => [...bytes]) };
}

function hearInPage({ id, message }: { id: string; message: Crossing }): void {
  (window as unknown as { testModels: PageModels }).testModels[id].hear(message);
}

function destroyInPage(id: string): void {
  (window as unknown as { testModels: PageModels }).testModels[id].destroy();
}

/** Runs in the page. */
async function startModel({
  state,
  say,
  id,
}: {
  state: Record<string, unknown>;
  say: string;
  id: string;
}): Promise<void> {
  const attributes: Record<string, unknown> = { ...state };
  const listeners: [event: string, listener: (...parts: unknown[]) => void][] = [];
  let unsaved: Record<string, unknown> = {};
  const toKernel = (window as unknown as Record<string, (message: Crossing) => Promise<void>>)[say];
  const trigger = (event: string, ...parts: unknown[]): void => {
    for (const [name, listener] of listeners) if (name === event) listener(...parts);
  };
  const take = (name: string, value: unknown): void => {
    if (attributes[name] === value) return;
    attributes[name] = value;
    trigger(`change:${name}`);
  };
  const split = (values: Record<string, unknown>): Crossing => {
    const plain = Object.entries(values).filter(([, value]) => !ArrayBuffer.isView(value));
    const bytes = Object.entries(values).filter(([, value]) => ArrayBuffer.isView(value)) as [
      string,
      ArrayBufferView,
    ][];
    return {
      data: { method: "update", state: Object.fromEntries(plain), buffer_paths: bytes.map(([name]) => [name]) },
      buffers: bytes.map(([, view]) => [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)]),
    };
  };
  const model = {
    get: (name: string) => attributes[name],
    set(name: string, value: unknown) {
      unsaved[name] = value;
      take(name, value);
    },
    save_changes() {
      void toKernel(split(unsaved));
      unsaved = {};
    },
    send: (content: unknown) => void toKernel({ data: { method: "custom", content }, buffers: [] }),
    on: (event: string, listener: (...parts: unknown[]) => void) => void listeners.push([event, listener]),
  };
  const url = URL.createObjectURL(new Blob([String(state._esm)], { type: "text/javascript" }));
  const script = (await import(url)) as { default: { initialize(given: { model: unknown }): () => void } };
  const end = script.default.initialize({ model });
  const place = window as unknown as { testModels?: Record<string, unknown> };
  place.testModels ??= {};
  place.testModels[id] = {
    destroy: end,
    hear({ data, buffers }: Crossing) {
      const views = buffers.map((bytes) => new DataView(Uint8Array.from(bytes).buffer));
      if (data.method === "custom") return trigger("msg:custom", data.content, views);
      const values = { ...(data.state as object) } as Record<string, unknown>;
      (data.buffer_paths as string[][]).forEach(([name], i) => {
        values[name] = views[i];
      });
      for (const [name, value] of Object.entries(values)) take(name, value);
    },
  };
}
