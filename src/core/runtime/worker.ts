/** The worker thread that holds onnxruntime's sessions: its runs block this thread and not the caller's. */
import { parentPort, workerData } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import type { Answer, Feed, NativeSessionOptions, Opened, Request, ValueInfo, WorkerData } from "./messages.js";
import type { Tensor, TensorData } from "./tensor.js";

const { busy } = workerData as WorkerData;
const sessions = new Map<number, ort.InferenceSession>();
const held = new Map<number, ort.Tensor>();
let count = 0;

const elementTypes: [new (n: number) => TensorData, ort.Tensor.Type][] = [
  [Float32Array, "float32"],
  [Float64Array, "float64"],
  [Uint8Array, "uint8"],
  [Int8Array, "int8"],
  [Int32Array, "int32"],
  [BigInt64Array, "int64"],
];

function toNative({ data, dims }: Tensor): ort.Tensor {
  const type = elementTypes.find(([array]) => data instanceof array)?.[1];
  if (type === undefined) throw new Error(`a tensor of ${Object.prototype.toString.call(data)} is not supported`);
  return new ort.Tensor(type, data as Float32Array, dims);
}

function feedToNative(feed: Feed): ort.Tensor {
  if (!("held" in feed)) return toNative(feed);
  const tensor = held.get(feed.held);
  if (!tensor) throw new Error("a held tensor was used after its release");
  return tensor;
}

function describe(values: readonly ort.InferenceSession.ValueMetadata[]): ValueInfo[] {
  return values.map((v) => (v.isTensor ? { name: v.name, type: v.type, dims: v.shape } : { ...v, type: "", dims: [] }));
}

async function open(model: Uint8Array | string, options: NativeSessionOptions): Promise<Opened> {
  const session = await ort.InferenceSession.create(
    model as Uint8Array,
    options as ort.InferenceSession.SessionOptions,
  );
  sessions.set(++count, session);
  return { session: count, inputs: describe(session.inputMetadata), outputs: describe(session.outputMetadata) };
}

async function run(
  id: number,
  feeds: Record<string, Feed>,
  outputs: readonly string[],
): Promise<Record<string, Tensor>> {
  const session = sessions.get(id);
  if (!session) throw new Error("the session is closed");
  const native = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, feedToNative(feed)]));
  const results = await session.run(native, outputs.length > 0 ? outputs : session.outputNames);
  return Object.fromEntries(
    Object.entries(results).map(([name, t]) => [name, { data: t.data as TensorData, dims: t.dims }]),
  );
}

async function closeSession(id: number): Promise<void> {
  await sessions.get(id)?.release();
  sessions.delete(id);
}

/** Ends this thread once nothing is left to do; onnxruntime must not be torn down in the middle of a run. */
async function end(): Promise<void> {
  for (const id of sessions.keys()) await closeSession(id);
  held.clear();
  parentPort?.close();
}

async function answer(request: Request): Promise<unknown> {
  switch (request.kind) {
    case "open":
      return open(request.model, request.options);
    case "run":
      return run(request.session, request.feeds, request.outputs);
    case "closeSession":
      return closeSession(request.session);
    case "hold":
      held.set(++count, toNative(request.tensor));
      return count;
    case "release":
      held.delete(request.held);
      return undefined;
    case "end":
      return end();
  }
}

function buffersOf(result: unknown): ArrayBuffer[] {
  if (typeof result !== "object" || result === null) return [];
  const buffers = Object.values(result).flatMap((v) => (ArrayBuffer.isView(v?.data) ? [v.data.buffer] : []));
  return [...new Set(buffers)] as ArrayBuffer[];
}

function atRest(): void {
  Atomics.sub(busy, 0, 1);
  Atomics.notify(busy, 0);
}

parentPort?.on("message", async ({ id, request }: { id: number; request: Request }) => {
  try {
    const result = await answer(request);
    parentPort?.postMessage({ id, result } satisfies Answer & { id: number }, buffersOf(result));
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  } finally {
    atRest();
  }
});
