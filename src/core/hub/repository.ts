/** What a repository on the Hub holds of what a model needs, asked through @huggingface/hub. */
import { z } from "zod";
import { HubError } from "../errors.js";
import type { RemoteFile } from "./checksum.js";
import { misunderstood } from "./failures.js";
import type { HubJob } from "./job.js";
import { hubFetch } from "./request.js";

/** Such files have kilobytes; the index of the largest published model has 70. */
const mostJsonBytes = 2 ** 20;
/** A folder of exports has a dozen files, and a page holds hundreds. */
const mostPages = 10;

export const indexName = "model.safetensors.index.json";

const commitSchema = z.looseObject({ sha: z.string().regex(/^[0-9a-f]{40}$/) });

const size = z.int().min(0);
const infoSchema = z.array(
  z.looseObject({
    type: z.string(),
    path: z.string(),
    size,
    oid: z.string().regex(/^[0-9a-f]{40}$/),
    lfs: z.looseObject({ oid: z.string().regex(/^[0-9a-f]{64}$/), size }).optional(),
  }),
);

/** The commit that the job's revision stands at, so that all files are of one state. */
export async function currentCommit(job: HubJob): Promise<string> {
  const { modelInfo } = await import("@huggingface/hub");
  const { hubId: name, revision, endpoint: hubUrl } = job;
  const answer = await understood(job, () =>
    modelInfo({ name, revision, hubUrl, additionalFields: ["sha"], fetch: hubFetch(job) }),
  );
  return parsed(job, commitSchema, answer).sha;
}

/** What a model of transformers needs, without the files that its index names. */
export interface ModelFiles {
  /** configuration, and the index if there is one: small, and to be had first */
  small: RemoteFile[];
  weights: RemoteFile[];
  index?: RemoteFile;
}

/** @throws HubError when the repository holds no configuration, or no weights that we read */
export async function modelFiles(job: HubJob, commit: string): Promise<ModelFiles> {
  const names = ["config.json", "preprocessor_config.json", "model.safetensors", indexName];
  const found = await describeFiles(job, commit, names);
  const [config, preprocessor, single, index] = names.map((name) => found.find(({ path }) => path === name));
  if (!config) throw new HubError(job.hubId, "holds no config.json, so it is no model of transformers: take another");
  const small = [config, ...(preprocessor ? [preprocessor] : []), ...(index && !single ? [index] : [])];
  const large = small.find((file) => file.size > mostJsonBytes);
  if (large)
    throw new HubError(job.hubId, `has ${large.size} bytes where some thousand are expected: take another model`, {
      file: large.path,
    });
  if (single) return { small, weights: [single] };
  if (index) return { small, weights: [], index };
  const graph = await onnxFiles(job, commit);
  if (graph.length > 0) return { small, weights: graph };
  throw new HubError(
    job.hubId,
    `holds neither model.safetensors nor onnx/model.onnx at revision ${job.revision}: take another, or convert it with transformers' save_pretrained`,
  );
}

/** What the Hub says of these files; those that it has not are left out. */
export async function describeFiles(job: HubJob, commit: string, names: readonly string[]): Promise<RemoteFile[]> {
  const { pathsInfo } = await import("@huggingface/hub");
  const repo = { type: "model", name: job.hubId } as const;
  const paths = [...names];
  const answer = await understood(job, () =>
    pathsInfo({ repo, paths, revision: commit, hubUrl: job.endpoint, fetch: hubFetch(job) }),
  );
  const files = parsed(job, infoSchema, answer).filter(({ type, path }) => type === "file" && paths.includes(path));
  return files.map(remoteFile);
}

/** `onnx/model.onnx` and the files beside it that hold its weights, as onnx-community's repositories have them. */
async function onnxFiles(job: HubJob, commit: string): Promise<RemoteFile[]> {
  const { listFiles } = await import("@huggingface/hub");
  const repo = { type: "model", name: job.hubId } as const;
  const found: unknown[] = [];
  const ask = hubFetch(job);
  let pages = 0;
  const fetchPage: typeof fetch = (...request) => {
    if (++pages > mostPages) throw misunderstood(job, `a list of more than ${mostPages} pages`);
    return ask(...request);
  };
  try {
    const folder = { path: "onnx", revision: commit, hubUrl: job.endpoint, fetch: fetchPage };
    for await (const entry of listFiles({ repo, ...folder })) found.push(entry);
  } catch (error) {
    if (error instanceof HubError && error.status === 404) return [];
    throw error;
  }
  const files = parsed(job, infoSchema, found).filter(
    ({ type, path }) => type === "file" && /^onnx\/model\.onnx([._]data[\w.]*)?$/.test(path),
  );
  return files.some(({ path }) => path === "onnx/model.onnx") ? files.map(remoteFile) : [];
}

function remoteFile({ path, size, oid, lfs }: z.infer<typeof infoSchema>[number]): RemoteFile {
  return lfs ? { path, size: lfs.size, checksum: lfs.oid, kind: "sha256" } : { path, size, checksum: oid, kind: "git" };
}

/** The library's own complaints, such as of an answer that is no JSON, as errors of ours. */
async function understood<T>(job: HubJob, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    job.signal?.throwIfAborted();
    if (error instanceof HubError) throw error;
    throw misunderstood(job, (error as Error).message.slice(0, 100), error);
  }
}

function parsed<T>(job: HubJob, schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw misunderstood(job, `${path.join(".") || "its answer"}: ${message}`, result.error);
}
