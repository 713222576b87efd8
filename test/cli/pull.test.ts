import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { catalogueEntry } from "#dist/core/model/catalogue.js";
import { projectFile } from "../support/fixtures.js";
import { closedAddress, commit, hubVariables, rangeStart, testHub, tinyCheckpoint } from "../support/hub-server.js";
import { temporaryFolder } from "../support/temporary.js";

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe("patchlab pull", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const hub = testHub();
  let home: string;
  let homes = 0;
  beforeEach(() => {
    home = join(folder(), `home ${homes++}`);
  });

  function start(args: string[], more = {}): { child: ChildProcess; ended: Promise<Ended> } {
    const env = { ...process.env, ...hubVariables(hub(), home), ...more };
    const child = spawn(process.execPath, [projectFile("dist/cli/main.js"), "pull", ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name]!.setEncoding("utf8").on("data", (part: string) => {
        text[name] += part;
      });
    return { child, ended: once(child, "close").then(([code]) => ({ code, ...text })) };
  }
  const pull = (args: string[], more = {}) => start(args, more).ended;
  const weights = () => hub().repositories["facebook/dinov2-small"].files["model.safetensors"];
  const snapshot = () => join(home, "hub", "models--facebook--dinov2-small", "snapshots", commit);
  const storeRequests = () => hub().requests.filter(({ at }) => at === "store");

  it("says where the model is now, and the next time that it was there already", async () => {
    const first = await pull(["dinov2-small"]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^dinov2-small is on this disk now: 3 files, 4\d\d kB, checksums right\.\n/);
    assert.ok(first.stdout.includes(snapshot()));
    assert.match(first.stderr, /^✓ Downloading dinov2-small {2}[\d.]+ s, .*B a second\n$/);
    const second = await pull(["dinov2-small"]);
    assert.match(second.stdout, /^dinov2-small was on this disk already: 3 files/);
    assert.equal(second.stderr, "");
    const offline = await pull(["facebook/dinov2-small"], { HF_HUB_OFFLINE: "1" });
    assert.match(offline.stdout, /^facebook\/dinov2-small is on this disk from before/);
  });

  it("says which revision Python needs where the catalogue names a commit, and only there", async () => {
    const { hubId, revision } = catalogueEntry("dino-vits16")!;
    hub().repositories[hubId!] = { commit: revision, files: await tinyCheckpoint() };
    const line = `In Python: from_pretrained("facebook/dino-vits16", revision="${revision}")`;
    const pinned = await pull(["dino-vits16"]);
    assert.ok(pinned.stdout.split("\n").includes(line), pinned.stdout + pinned.stderr);
    assert.doesNotMatch((await pull(["dinov2-small"])).stdout, /In Python/);
  });

  it("prints nothing but JSON with --json", async () => {
    const { stdout, stderr } = await pull(["dinov2-small", "--json"]);
    const { name, hubId, commit: at, folder: place, source, files, bytes, downloadedBytes } = JSON.parse(stdout);
    assert.deepEqual([name, hubId, at, source], ["dinov2-small", "facebook/dinov2-small", commit, "hub"]);
    assert.deepEqual([place, files.length, bytes], [snapshot(), 3, downloadedBytes]);
    assert.equal(stderr, "");
  });

  it("exits with 1 and one sentence at the gate, without a network and for an unknown name", async () => {
    hub().repositories["facebook/dinov2-small"].gatedFor = "hf_good";
    const sentences: [string[], object, RegExp][] = [
      [["dinov2-small"], {}, /dinov2-small: it is given only to those who accept its licence/],
      [["dinov2-small"], { HF_ENDPOINT: await closedAddress() }, /cannot be reached/],
      [["dinov2-small"], { HF_HUB_OFFLINE: "1" }, /HF_HUB_OFFLINE/],
      [["nobody/nothing"], {}, /no such model/],
      [["dinov2-tiny"], {}, /neither a folder nor a known name/],
    ];
    for (const [args, variables, message] of sentences) {
      const { code, stderr, stdout } = await pull(args, variables);
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr, message);
      assert.match(stderr, /^patchlab: [^\n]+\n$/);
    }
  });

  it("exits with 2 when it is used wrongly", async () => {
    assert.equal((await pull([])).code, 2);
    assert.equal((await pull([""])).code, 2);
    assert.equal((await pull(["dinov2-small", "--fast"])).code, 2);
  });

  /** Sends half of the weights and then nothing, the first time. */
  function stallOnce(): void {
    hub().answer = (seen, response, content) => {
      if (seen.at === "hub" || seen.count > 0) return;
      response.writeHead(200, { "content-length": content!.length });
      response.write(content!.subarray(0, 100_000));
    };
  }

  async function stalls(): Promise<void> {
    const partial = () => join(home, "hub", "models--facebook--dinov2-small", "blobs");
    while (storeRequests().length === 0 || !existsSync(partial())) await setTimeout(20);
    await setTimeout(200);
  }

  it("stops at Ctrl-C with exit code 130, and goes on from there the next time", async function () {
    if (process.platform === "win32") this.skip();
    stallOnce();
    const { child, ended } = start(["dinov2-small"]);
    await stalls();
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /^patchlab: The job was stopped before it was done\.\n$/);
    assert.equal((await pull(["dinov2-small"])).code, 0);
    assert.deepEqual(storeRequests().map(rangeStart), [0, 100_000]);
    assert.deepEqual(await readFile(join(snapshot(), "model.safetensors")), Buffer.from(weights()));
  });

  it("goes on at once after a process that was killed", async () => {
    stallOnce();
    const { child, ended } = start(["dinov2-small"]);
    await stalls();
    child.kill("SIGKILL");
    await ended;
    const { code, stderr } = await pull(["dinov2-small"]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(storeRequests().map(rangeStart), [0, 100_000]);
    assert.deepEqual(await readFile(join(snapshot(), "model.safetensors")), Buffer.from(weights()));
  });

  it("downloads a file once when several processes want it, and all find it whole", async () => {
    hub().answer = (seen, response, content) => {
      if (seen.at === "hub") return;
      response.writeHead(200, { "content-length": content!.length });
      response.write(content!.subarray(0, 100_000));
      // so that the others come while it is under way
      void setTimeout(1500).then(() => response.end(content!.subarray(100_000)));
    };
    const all = await Promise.all([1, 2, 3].map(() => pull(["dinov2-small", "--json"])));
    for (const { code, stderr } of all) assert.equal(code, 0, stderr);
    assert.equal(storeRequests().length, 1);
    const times = all.map(({ stdout }) => JSON.parse(stdout).files.at(-1).downloaded);
    assert.deepEqual(times.sort(), [false, false, true]);
    assert.deepEqual(await readFile(join(snapshot(), "model.safetensors")), Buffer.from(weights()));
  });
});
