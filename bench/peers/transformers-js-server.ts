/**
 * A checkpoint in transformers.js, behind the JSON lines of torch_server.py. A process of its own, so that its
 * onnxruntime and its sharp do not meet ours.
 */
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { createInterface } from "node:readline";

/** what is used of @huggingface/transformers, which is no dependency of this project */
interface Transformers {
  env: { version: string; allowRemoteModels: boolean; localModelPath: string };
  AutoModel: { from_pretrained(name: string, options: object): Promise<Model> };
  Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => unknown;
}
type Model = (inputs: object) => Promise<{ last_hidden_state: { data: Float32Array } }>;

type Request =
  | { op: "open"; folder: string; threads: number }
  | { op: "run"; path: string; dims: readonly number[]; output?: string };

const inputs = new Map<string, unknown>();
let model: Model | undefined;

async function answer(transformers: Transformers, request: Request): Promise<object> {
  if (request.op === "open") {
    transformers.env.allowRemoteModels = false;
    transformers.env.localModelPath = dirname(request.folder);
    const session_options = { intraOpNumThreads: request.threads };
    model = await transformers.AutoModel.from_pretrained(basename(request.folder), { dtype: "fp32", session_options });
    return {};
  }
  if (!model) throw new Error("no model is open");
  const { path, dims, output } = request;
  if (!inputs.has(path)) {
    const data = new Float32Array(new Uint8Array(await readFile(path)).buffer);
    inputs.set(path, new transformers.Tensor("float32", data, dims));
  }
  const start = performance.now();
  const { last_hidden_state } = await model({ pixel_values: inputs.get(path) });
  const ms = performance.now() - start;
  if (output !== undefined) await writeFile(output, last_hidden_state.data);
  return { ms };
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function serve(from: string): Promise<void> {
  // standard output is for answers alone
  console.log = console.info = console.debug = console.error;
  const transformers: Transformers = createRequire(from)("@huggingface/transformers");
  say({ versions: { "@huggingface/transformers": transformers.env.version } });
  for await (const line of createInterface({ input: process.stdin }))
    say(await answer(transformers, JSON.parse(line)).catch((error: Error) => ({ error: error.message })));
}

await serve(process.argv[2]);
