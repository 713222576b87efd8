/**
 * A Hugging Face Hub on this machine: the parts of its API that downloads use, with a store of large files on another
 * port, as the real one redirects to another host. `hub.answer` lets a test answer in the Hub's place.
 *
 * @see https://huggingface.co/docs/hub/api, and huggingface_hub's file_download.py for the headers
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fixture } from "./fixtures.js";

export const commit = "ed25f3a31f01632728cabb09d1542f84ab7b0056";

export interface Repository {
  /** content by path; the names that end as large files do are kept in the store */
  files: Record<string, Uint8Array>;
  commit?: string;
  /** given only to this token */
  gatedFor?: string;
}

/** A request as it came, `count` being how many to the same address came before it. */
export interface Seen {
  at: "hub" | "store";
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  count: number;
}

/** @param content of the file that was asked for, if it was one */
export type Answer = (seen: Seen, response: ServerResponse, content: Uint8Array | undefined) => void;

export interface HubServer {
  url: string;
  repositories: Record<string, Repository>;
  requests: Seen[];
  /** comes first; the Hub answers what it leaves without an answer @default does nothing */
  answer: Answer;
  close(): Promise<void>;
}

/** Call inside `describe`; the function it returns gives the server once the tests run. Each test begins anew. */
export function testHub(): () => HubServer {
  let hub: HubServer;
  before(async () => {
    hub = await startHub();
  });
  beforeEach(async () => {
    hub.requests.length = 0;
    hub.answer = () => {};
    hub.repositories = { "facebook/dinov2-small": { files: await tinyCheckpoint() } };
  });
  after(() => hub.close());
  return () => hub;
}

/** The files of a checkpoint of 3 layers, with which loadModel works. */
export async function tinyCheckpoint(): Promise<Record<string, Uint8Array>> {
  const names = ["config.json", "preprocessor_config.json", "model.safetensors"];
  const read = names.map(async (name) => [name, await readFile(join(fixture("models/dinov2"), name))] as const);
  return { ...Object.fromEntries(await Promise.all(read)), "README.md": Buffer.from("# DINOv2\n") };
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

export function gitChecksum(content: Uint8Array): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

export async function startHub(): Promise<HubServer> {
  const seenBy = (at: Seen["at"], request: IncomingMessage): Seen => {
    const { method = "GET", url: path = "/", headers } = request;
    const key = `${at} ${method} ${path}`;
    const count = hub.requests.filter((seen) => `${seen.at} ${seen.method} ${seen.path}` === key).length;
    const seen = { at, method, path, headers, count };
    hub.requests.push(seen);
    return seen;
  };
  const main = await listen(async (request, response) => {
    const seen = seenBy("hub", request);
    const body = await bodyOf(request);
    hub.answer(seen, response, contentAt(hub, seen.path));
    if (!isAnswered(response)) answerAsHub(hub, seen, body, response, storeUrl);
  });
  const store = await listen((request, response) => {
    const seen = seenBy("store", request);
    const content = stored(hub, seen.path);
    hub.answer(seen, response, content);
    if (isAnswered(response)) return;
    if (content) send(seen, response, content, {});
    else fail(response, 404);
  });
  const storeUrl = address(store);
  const hub: HubServer = {
    url: address(main),
    repositories: {},
    requests: [],
    answer: () => {},
    async close() {
      for (const server of [main, store]) {
        server.closeAllConnections();
        server.close();
        await once(server, "close");
      }
    },
  };
  return hub;
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Where nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = await listen(() => {});
  const url = address(server);
  server.close();
  await once(server, "close");
  return url;
}

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

function isLarge(path: string): boolean {
  return /\.(safetensors|onnx|onnx_data|bin)$/.test(path);
}

const resolvePattern = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/([^?]+)/;

function contentAt(hub: HubServer, path: string): Uint8Array | undefined {
  const [, id, , file] = resolvePattern.exec(path) ?? [];
  return hub.repositories[id]?.files[file];
}

function stored(hub: HubServer, path: string): Uint8Array | undefined {
  const name = path.slice(1).split("?")[0];
  const all = Object.values(hub.repositories).flatMap(({ files }) => Object.values(files));
  return all.find((content) => sha256(content) === name);
}

function isAnswered(response: ServerResponse): boolean {
  return response.headersSent || response.destroyed;
}

function answerAsHub(hub: HubServer, seen: Seen, body: string, response: ServerResponse, storeUrl: string): void {
  const [path] = seen.path.split("?");
  const [, id, what = ""] = /^\/api\/models\/([^/]+\/[^/]+)\/?(.*)$/.exec(path) ?? [];
  const [, fileOf, revision, file] = resolvePattern.exec(path) ?? [];
  const repository = hub.repositories[id ?? fileOf];
  const token = seen.headers.authorization?.replace("Bearer ", "");
  const at = decodeURIComponent(id ? what.split("/")[1] : (revision ?? ""));
  if (token === "hf_bad") fail(response, 401, undefined, "Invalid credentials in Authorization header");
  else if (!repository) fail(response, token ? 404 : 401, "RepoNotFound", "Repository not found");
  else if (![commitOf(repository), "main", "HEAD"].includes(at)) fail(response, 404, "RevisionNotFound");
  else if (id) answerApi(id, repository, what, body, response);
  // descriptions are open to everybody, files are not
  else if (repository.gatedFor !== undefined && repository.gatedFor !== token)
    fail(response, token ? 403 : 401, "GatedRepo", `Access to model ${fileOf} is restricted.`);
  else if (!repository.files[file]) fail(response, 404, "EntryNotFound", "Entry not found");
  else sendFile(seen, repository, file, response, storeUrl);
}

function sendFile(seen: Seen, repository: Repository, file: string, response: ServerResponse, storeUrl: string): void {
  const content = repository.files[file];
  const headers = { "x-repo-commit": commitOf(repository) };
  if (!isLarge(file)) send(seen, response, content, { ...headers, etag: `"${gitChecksum(content)}"` });
  else {
    const oid = sha256(content);
    const linked = { "x-linked-etag": `"${oid}"`, "x-linked-size": content.length };
    response.writeHead(302, { ...headers, ...linked, location: `${storeUrl}/${oid}?signature=1` });
    response.end();
  }
}

export function commitOf(repository: Repository): string {
  return repository.commit ?? commit;
}

function answerApi(id: string, repository: Repository, what: string, body: string, response: ServerResponse): void {
  const [kind, , ...folder] = what.split("/");
  const entries = Object.entries(repository.files).map(([path, content]) => describeFile(path, content));
  if (kind === "revision") {
    const { gatedFor, files } = repository;
    const siblings = Object.keys(files).map((rfilename) => ({ rfilename }));
    json(response, { _id: "1", id, sha: commitOf(repository), gated: gatedFor ? "manual" : false, siblings });
  } else if (kind === "paths-info") {
    const { paths } = JSON.parse(body) as { paths: string[] };
    json(
      response,
      entries.filter(({ path }) => paths.includes(path)),
    );
  } else {
    const under = entries.filter(({ path }) => path.split("/").slice(0, -1).join("/") === folder.join("/"));
    if (under.length === 0) fail(response, 404, "EntryNotFound", "Entry not found");
    else json(response, under);
  }
}

export function describeFile(path: string, content: Uint8Array) {
  const base = { type: "file", path, size: content.length };
  if (!isLarge(path)) return { ...base, oid: gitChecksum(content) };
  const pointer = Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize ${content.length}\n`,
  );
  const lfs = { oid: sha256(content), size: content.length, pointerSize: pointer.length };
  return { ...base, oid: gitChecksum(pointer), lfs };
}

export function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

export function fail(response: ServerResponse, status: number, code?: string, message?: string): void {
  response.writeHead(status, {
    ...(code ? { "x-error-code": code } : {}),
    ...(message ? { "x-error-message": message } : {}),
    "content-type": "application/json",
  });
  response.end(JSON.stringify({ error: message ?? "" }));
}

/** Where a request's range begins. */
export function rangeStart({ headers }: Seen): number {
  return Number(/^bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0);
}

/** The whole content, or the range that was asked for. */
export function send(seen: Seen, response: ServerResponse, content: Uint8Array, headers: Record<string, string>): void {
  const start = rangeStart(seen);
  if (start >= content.length && start > 0) {
    response.writeHead(416, { "content-range": `bytes */${content.length}` });
    response.end();
    return;
  }
  const part = content.subarray(start);
  const range = { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` };
  response.writeHead(seen.headers.range ? 206 : 200, {
    "accept-ranges": "bytes",
    "content-length": part.length,
    ...(seen.headers.range ? range : {}),
    ...headers,
  });
  response.end(seen.method === "HEAD" ? undefined : part);
}

/** Announces all that was asked for and breaks the connection after `bytes` of it. */
export function sendAndCut(seen: Seen, response: ServerResponse, content: Uint8Array, bytes: number): void {
  const start = rangeStart(seen);
  const range = { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` };
  response.writeHead(seen.headers.range ? 206 : 200, {
    "content-length": content.length - start,
    ...(seen.headers.range ? range : {}),
  });
  if (bytes === 0) response.flushHeaders();
  response.write(content.subarray(start, start + bytes), () => response.destroy());
}

/** What a process needs to see this Hub, and a cache of its own, and nothing else of the machine's settings. */
export function hubVariables(hub: HubServer, home: string): Record<string, string | undefined> {
  const unset = ["HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN_PATH", "HUGGINGFACE_HUB_CACHE"];
  const others = ["HUGGING_FACE_HUB_TOKEN", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_SYMLINKS"];
  return {
    ...Object.fromEntries([...unset, ...others].map((name) => [name, undefined])),
    HF_ENDPOINT: hub.url,
    HF_HOME: home,
  };
}

/** Runs `action` with these variables set, or unset where undefined. */
export async function withVariables<T>(
  variables: Record<string, string | undefined>,
  action: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = (pairs: Iterable<readonly [string, string | undefined]>) => {
    for (const [name, value] of pairs) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  set(Object.entries(variables));
  try {
    return await action();
  } finally {
    set(before);
  }
}
