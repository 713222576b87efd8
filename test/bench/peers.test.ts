import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cosineOf, differenceOf, type Input, type Peer, processPeer } from "#dist/bench/peers/peer.js";
import { PeerAbsent, PeerProcess } from "#dist/bench/peers/process.js";
import { openTorch } from "#dist/bench/peers/torch.js";
import { openTransformersJs } from "#dist/bench/peers/transformers-js.js";
import { PatchlabError } from "#dist/core/errors.js";
import { maxDifference } from "../support/compare.js";
import { fixture } from "../support/fixtures.js";
import { readFixture } from "../support/safetensors.js";
import { temporaryFolder } from "../support/temporary.js";

/** the environment with one variable set, for the length of a job */
async function withVariable<T>(name: string, value: string, job: () => Promise<T>): Promise<T> {
  const before = process.env[name];
  process.env[name] = value;
  try {
    return await job();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

const absent = (pattern: RegExp) => (e: Error) => e instanceof PeerAbsent && pattern.test(e.message);

describe("PeerProcess", () => {
  const start = (script: string) => PeerProcess.start(process.execPath, ["-e", script]);
  const echo = `
    console.log(JSON.stringify({ versions: { echo: "1" } }));
    require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const { say, end } = JSON.parse(line);
      if (end) { console.error("out of paper"); process.exit(1); }
      console.log(say);
    });`;

  it("answers requests in order, and ends when it is closed", async () => {
    const peer = await start(echo);
    assert.deepEqual(peer.versions, { echo: "1" });
    for (const n of [1, 2]) assert.deepEqual(await peer.ask({ say: JSON.stringify({ n }) }), { n });
    await peer.close();
    await peer.close();
  });

  it("passes on what the peer says went wrong, also when it ends or says something else", async () => {
    const peer = await start(echo);
    const wrong = (pattern: RegExp) => (e: Error) => e instanceof PatchlabError && pattern.test(e.message);
    await assert.rejects(peer.ask({ say: '{"error":"no paper"}' }), wrong(/no paper/));
    await assert.rejects(peer.ask({ say: "hello" }), wrong(/said "hello", which is no JSON/));
    await assert.rejects(peer.ask({ end: true }), wrong(/ended: out of paper/));
    await assert.rejects(peer.ask({ say: "{}" }), wrong(/ended/));
    await peer.close();
  });

  it("counts as absent when there is no such program or its first line says so", async () => {
    await assert.rejects(PeerProcess.start("/no/such/program", []), absent(/no\/such\/program cannot be started/));
    await assert.rejects(start(`console.log('{"error":"no ink"}')`), absent(/no ink/));
    await assert.rejects(start("throw new Error('no pen')"), absent(/no pen/));
  });
});

describe("differenceOf", () => {
  const input = {} as Input;
  const peer = (...numbers: number[]): Peer => ({
    versions: {},
    time: async () => 1,
    tokens: async () => Float32Array.from(numbers),
    close: async () => {},
  });

  it("gives the largest difference of any number", async () => {
    assert.equal(
      await differenceOf(peer(1, 2, 3), peer(1, 2.00005, 3), input, "x").then((d) => d.toFixed(6)),
      "0.000050",
    );
  });

  it("refuses a peer that computes something else: too far, NaN, or of another length", async () => {
    const refused = (other: Peer, pattern: RegExp) =>
      assert.rejects(
        differenceOf(peer(1, 2), other, input, "model.224.vs.x"),
        (e: Error) => e instanceof PatchlabError && /^model\.224\.vs\.x: /.test(e.message) && pattern.test(e.message),
      );
    await refused(peer(1, 2.01), /differ from ours by up to 0\.0\d+ where 0\.0001 is allowed/);
    await refused(peer(Number.NaN, 2), /up to NaN/);
    await refused(peer(1), /1 numbers where ours are 2/);
  });
});

describe("cosineOf", () => {
  const peer = (...numbers: number[]): Peer => ({
    versions: {},
    time: async () => 1,
    tokens: async () => Float32Array.from(numbers),
    close: async () => {},
  });

  it("is 1 for the same direction, and refuses what is below 0.999 or no number", async () => {
    const input = {} as Input;
    assert.ok(Math.abs((await cosineOf(peer(1, 2), peer(2, 4), input, "x")) - 1) < 1e-9);
    for (const other of [peer(1, 2.5), peer(Number.NaN, 2)])
      await assert.rejects(cosineOf(peer(1, 2), other, input, "x"), /^PatchlabError: x: the tokens' cosine is/);
  });
});

describe("peers that are not installed", () => {
  const folder = temporaryFolder();

  it("say what to install", async () => {
    await withVariable("PATCHLAB_PYTHON", join(folder(), "python"), () =>
      assert.rejects(openTorch(folder()), absent(/cannot be started\): pip install torch transformers, or name/)),
    );
    await withVariable("PATCHLAB_BENCH_PEERS", folder(), () =>
      assert.rejects(
        openTransformersJs(() => Promise.reject(new Error("it exported")), 1),
        absent(/npm install --no-save @huggingface\/transformers/),
      ),
    );
  });
});

describe("openTransformersJs", () => {
  const folder = temporaryFolder();

  it("loads the exported folder by its name, without a network, and gives its tokens", async () => {
    const packageFolder = join(folder(), "node_modules", "@huggingface", "transformers");
    await mkdir(packageFolder, { recursive: true });
    await writeFile(join(packageFolder, "package.json"), JSON.stringify({ version: "9.9.9", main: "index.cjs" }));
    // what the server uses of the package; the model doubles each pixel, if it was loaded as it should be
    await writeFile(
      join(packageFolder, "index.cjs"),
      `console.log("noise");
      exports.env = { version: "9.9.9", allowRemoteModels: true, localModelPath: "" };
      exports.Tensor = class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } };
      exports.AutoModel = { from_pretrained: async (name, { dtype, session_options }) => {
        const { allowRemoteModels, localModelPath } = exports.env;
        const got = JSON.stringify([name, dtype, session_options, allowRemoteModels, localModelPath]);
        const wanted = JSON.stringify(["exported", "fp32", { intraOpNumThreads: 3 }, false, ${JSON.stringify(folder())}]);
        if (got !== wanted) throw new Error(got);
        return async ({ pixel_values: { data } }) => ({ last_hidden_state: { data: data.map((x) => 2 * x) } });
      } };`,
    );
    const pixels = { data: Float32Array.of(1, 2, 3), dims: [1, 3, 1, 1] as const };
    const path = join(folder(), "pixels");
    await writeFile(path, pixels.data);
    await withVariable("PATCHLAB_BENCH_PEERS", folder(), async () => {
      const peer = processPeer(await openTransformersJs(async () => join(folder(), "exported"), 3), 3);
      assert.deepEqual(peer.versions, { "@huggingface/transformers": "9.9.9" });
      assert.deepEqual(await peer.tokens({ pixels, path }), Float32Array.of(2, 4, 6));
      assert.ok((await peer.time({ pixels, path })) >= 0);
      await peer.close();
    });
  });
});

describe("openTorch", () => {
  const folder = temporaryFolder();

  it("gives PyTorch's tokens, where PATCHLAB_PYTHON names a Python that has it", async function () {
    if (!process.env.PATCHLAB_PYTHON) return this.skip();
    const expected = readFixture("models/dinov2/expected.safetensors");
    const { data, shape } = expected.float32("42x98.pixel_values");
    const path = join(folder(), "pixels");
    await writeFile(path, data);
    const peer = processPeer(await openTorch(fixture("models/dinov2")), 1);
    const tokens = await peer.tokens({ pixels: { data, dims: shape as [number, 3, number, number] }, path });
    assert.ok(maxDifference(tokens, expected.float32("42x98.last_hidden_state").data) < 1e-5);
    assert.deepEqual(Object.keys(peer.versions), ["python", "torch", "transformers"]);
    await peer.close();
  });
});
