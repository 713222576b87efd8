import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { ArgumentError, FileError, HubError } from "#dist/core/errors.js";
import { type PulledRepository, type PullOptions, pullRepository } from "#dist/core/hub/pull-repository.js";
import {
  closedAddress,
  commit,
  describeFile,
  fail,
  gitChecksum,
  hubVariables,
  json,
  rangeStart,
  send,
  sendAndCut,
  sha256,
  testHub,
  withVariables,
} from "../../support/hub-server.js";
import { temporaryFolder } from "../../support/temporary.js";

const id = "facebook/dinov2-small";

describe("pullRepository", () => {
  const folder = temporaryFolder();
  const hub = testHub();
  let home: string;
  let caches = 0;
  beforeEach(() => {
    home = join(folder(), `home ${caches++}`);
  });

  /** Repeats at once and gives up soon, so that the tests do not wait. */
  const quick = { retryDelay: 1, timeout: 2000 };
  const pull = (options: PullOptions = {}, variables = {}, hubId = id): Promise<PulledRepository> =>
    withVariables({ ...hubVariables(hub(), home), ...variables }, () =>
      pullRepository(hubId, { ...quick, ...options }),
    );
  const repository = (hubId = id) => join(home, "hub", `models--${hubId.replace("/", "--")}`);
  const weights = () => hub().repositories[id].files["model.safetensors"];
  const storeRequests = () => hub().requests.filter(({ at }) => at === "store");
  const partial = () => join(repository(), "blobs", `${sha256(weights())}.patchlab.incomplete`);
  const refuses = (promise: Promise<unknown>, status: number | undefined, message: RegExp, file?: string) =>
    assert.rejects(promise, (error: Error) => {
      assert.ok(error instanceof HubError, String(error.stack));
      assert.match(error.message, message);
      assert.deepEqual([error.hubId, error.status, error.file], [id, status, file]);
      assert.doesNotMatch(error.message, /\p{Cc}/u);
      return true;
    });
  const assertWhole = async () => {
    const there = join(repository(), "snapshots", commit);
    for (const name of ["config.json", "preprocessor_config.json", "model.safetensors"])
      assert.deepEqual(await readFile(join(there, name)), Buffer.from(hub().repositories[id].files[name]), name);
  };

  it("lays the three files out as Python's huggingface_hub does, and nothing else", async () => {
    const pulled = await pull();
    const { files } = hub().repositories[id];
    await assertWhole();
    assert.equal(await readFile(join(repository(), "refs", "main"), "utf8"), commit);
    const names = { "config.json": gitChecksum, "preprocessor_config.json": gitChecksum, "model.safetensors": sha256 };
    for (const [name, checksum] of Object.entries(names))
      assert.equal(
        await readlink(join(repository(), "snapshots", commit, name)),
        join("..", "..", "blobs", checksum(files[name])),
      );
    assert.deepEqual((await readdir(join(repository(), "blobs"))).length, 3);
    assert.deepEqual(await readdir(join(home, "hub", ".locks", `models--facebook--dinov2-small`)), []);
    assert.deepEqual(pulled, {
      hubId: id,
      commit,
      folder: join(repository(), "snapshots", commit),
      source: "hub",
      files: Object.keys(names).map((path) => ({ path, bytes: files[path].length, downloaded: true })),
    });
  });

  it("takes nothing a second time, and only the file that was damaged since", async () => {
    await pull();
    const before = storeRequests().length;
    assert.ok((await pull()).files.every(({ downloaded }) => !downloaded));
    assert.equal(storeRequests().length, before);
    const blob = join(repository(), "blobs", sha256(weights()));
    const bytes = await readFile(blob);
    bytes[100] ^= 1;
    await writeFile(blob, bytes);
    const { files } = await pull();
    assert.deepEqual(
      files.filter(({ downloaded }) => downloaded).map(({ path }) => path),
      ["model.safetensors"],
    );
    await assertWhole();
  });

  it("moves main only when all of the new commit is there, and keeps what both have", async () => {
    await pull();
    const repo = hub().repositories[id];
    repo.commit = "1".repeat(40);
    repo.files = { ...repo.files, "model.safetensors": Buffer.alloc(5000, 1) };
    hub().answer = (seen, response) => {
      if (seen.at === "store") fail(response, 404);
    };
    await refuses(pull(), 404, /no such/, "model.safetensors");
    assert.equal(await readFile(join(repository(), "refs", "main"), "utf8"), commit);
    hub().answer = () => {};
    const { files } = await pull();
    assert.equal(await readFile(join(repository(), "refs", "main"), "utf8"), "1".repeat(40));
    assert.deepEqual(
      files.map(({ downloaded }) => downloaded),
      [false, false, true],
    );
  });

  it("sends the token to the endpoint, of the variable or of the file, and never to another host", async () => {
    hub().repositories[id].gatedFor = "hf_good";
    await pull({}, { HF_TOKEN: " hf_good\n" });
    assert.equal(storeRequests().length, 1);
    for (const { at, headers } of hub().requests)
      assert.equal(headers.authorization, at === "hub" ? "Bearer hf_good" : undefined);
    hub().requests.length = 0;
    home = join(home, "other");
    await mkdir(home);
    await writeFile(join(home, "token"), "hf_good\n");
    await pull();
    for (const { at, headers } of hub().requests)
      assert.equal(headers.authorization, at === "hub" ? "Bearer hf_good" : undefined);
  });

  it("follows a repository that was renamed, without losing the token", async () => {
    hub().repositories["meta/dinov2-small"] = { ...hub().repositories[id], gatedFor: "hf_good" };
    hub().answer = (seen, response) => {
      if (seen.at === "store" || !seen.path.includes(id)) return;
      response.writeHead(307, { location: seen.path.replace(id, "meta/dinov2-small") });
      response.end();
    };
    await pull({}, { HF_TOKEN: "hf_good" });
    await assertWhole();
  });

  it("tells how many bytes are there up to the end, from where an earlier try ended", async () => {
    const half = Math.floor(weights().length / 2);
    await mkdir(join(repository(), "blobs"), { recursive: true });
    await writeFile(partial(), weights().subarray(0, half));
    const seen: [number, number, number][] = [];
    const { files } = await pull({ onProgress: (...numbers) => seen.push(numbers) });
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.deepEqual(seen.at(-1), [total, total, total - half]);
    assert.ok(seen.every(([done, of]) => of === total && done <= total));
    assert.equal(storeRequests()[0].headers.range, `bytes=${half}-`);
    await assertWhole();
  });

  it("comes to the same bytes wherever and however often the connection breaks", async () => {
    const content = weights();
    const cuts = fc.array(fc.nat(content.length - 1), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(cuts, async (sizes) => {
        home = join(folder(), `home ${caches++}`);
        hub().requests.length = 0;
        let tries = 0;
        hub().answer = (seen, response) => {
          if (seen.at === "hub" || tries >= sizes.length) return;
          sendAndCut(seen, response, content, Math.min(sizes[tries++], content.length - rangeStart(seen) - 1));
        };
        await pull();
        await assertWhole();
        const starts = storeRequests().map(rangeStart);
        assert.deepEqual(
          starts,
          [...starts].sort((a, b) => a - b),
        );
      }),
      { numRuns: 15 },
    );
  });

  it("gives up after five connections that bring nothing, and goes on from there the next time", async () => {
    hub().answer = (seen, response, content) => {
      if (seen.at === "store") sendAndCut(seen, response, content!, seen.count === 0 ? 1000 : 0);
    };
    await refuses(pull(), undefined, /cannot be reached .* what has come is kept/, "model.safetensors");
    assert.equal(storeRequests().length, 5);
    assert.equal((await stat(partial())).size, 1000);
    assert.equal(existsSync(join(repository(), "refs", "main")), false);
    hub().requests.length = 0;
    hub().answer = () => {};
    await pull();
    assert.deepEqual(storeRequests().map(rangeStart), [1000]);
    assert.equal(existsSync(partial()), false);
    await assertWhole();
  });

  it("takes a connection on which nothing comes for lost, and goes on", async () => {
    hub().answer = (seen, response, content) => {
      if (seen.at === "hub" || seen.count > 0) return;
      response.writeHead(200, { "content-length": content!.length });
      response.write(content!.subarray(0, 500));
    };
    await pull({ timeout: 150 });
    assert.deepEqual(storeRequests().map(rangeStart), [0, 500]);
    await assertWhole();
  });

  it("starts over with a server that knows no ranges, or refuses the one asked for", async () => {
    await mkdir(join(repository(), "blobs"), { recursive: true });
    for (const status of [200, 416, 206]) {
      await writeFile(partial(), weights().subarray(0, 700));
      hub().answer = (seen, response, content) => {
        if (seen.at === "hub" || seen.count > 0) return;
        if (status === 416) response.writeHead(416).end();
        else if (status === 200) send({ ...seen, headers: {} }, response, content!, {});
        else response.writeHead(206, { "content-range": `bytes 0-9/10` }).end("0123456789");
      };
      await pull();
      await assertWhole();
      home = join(folder(), `home ${caches++}`);
      hub().requests.length = 0;
      await mkdir(join(repository(), "blobs"), { recursive: true });
    }
  });

  it("deletes what came with a wrong checksum, small file or large, and says to run again", async () => {
    for (const file of ["config.json", "model.safetensors"]) {
      hub().answer = (seen, response, content) => {
        if (!content || !(seen.path.includes(file) || seen.at === "store")) return;
        if (seen.at === "hub" && file === "model.safetensors") return;
        const wrong = Buffer.from(content);
        wrong[wrong.length - 1] ^= 1;
        send(seen, response, wrong, {});
      };
      await refuses(pull(), undefined, /damaged on its way and has been deleted: run again/, file);
      assert.deepEqual(
        (await readdir(join(repository(), "blobs"))).filter((name) => name.includes("incomplete")),
        [],
      );
      hub().answer = () => {};
      hub().requests.length = 0;
    }
    await pull();
    await assertWhole();
  });

  it("never writes more than was announced", async () => {
    const endless = Buffer.concat([weights(), Buffer.alloc(2 ** 20)]);
    hub().answer = (seen, response) => {
      if (seen.at === "hub") return;
      response.writeHead(200);
      response.end(endless);
    };
    await refuses(pull(), undefined, /more came than the \d+ bytes announced/, "model.safetensors");
    assert.equal(existsSync(partial()), false);
    hub().answer = (seen, response) => {
      if (seen.at === "store") send(seen, response, endless, {});
    };
    await refuses(pull(), undefined, /\d+ bytes were announced and \d+ bytes came/, "model.safetensors");
  });

  it("says what to do at a licence gate, without and with a token", async () => {
    hub().repositories[id].gatedFor = "hf_good";
    const page = `accept.*${hub().url}/facebook/dinov2-small`;
    await refuses(pull(), 401, new RegExp(`${page}, then set HF_TOKEN`));
    await refuses(pull({}, { HF_TOKEN: "hf_other" }), 403, /not been granted to the token in HF_TOKEN/);
    await pull({}, { HF_TOKEN: "hf_good" });
  });

  it("says what to do about a bad token, an unknown or private name, and an unknown revision", async () => {
    await refuses(pull({}, { HF_TOKEN: "hf_bad" }), 401, /does not accept the token in HF_TOKEN: make a new one/);
    await refuses(pull({ revision: "v9" }), 404, /no revision "v9"/);
    delete hub().repositories[id];
    await refuses(pull(), 401, /no such model, or keeps it private: check the name.*HF_TOKEN/);
    await refuses(pull({}, { HF_TOKEN: "hf_good" }), 404, /no such model/);
    hub().answer = (_seen, response) => {
      fail(response, 403, undefined, "no\u00e9 way");
    };
    await refuses(pull(), 403, /refuses it \("no way"\)/);
  });

  it("waits as long as a 429 asks, and says when to come back where that is long", async () => {
    hub().answer = (seen, response) => {
      if (seen.at === "hub" || seen.count > 0) return;
      response.writeHead(429, { "retry-after": "1" }).end();
    };
    const started = performance.now();
    await pull();
    assert.ok(performance.now() - started >= 990);
    home = join(folder(), `home ${caches++}`);
    hub().answer = (_seen, response) => {
      response.writeHead(429, { ratelimit: '"api";r=0;t=300' }).end();
    };
    await refuses(pull(), 429, /too many requests.*: run again in 300 seconds/);
    const later = new Date(Date.now() + 600_000).toUTCString();
    hub().answer = (_seen, response) => {
      response.writeHead(429, { "retry-after": later }).end();
    };
    await refuses(pull(), 429, /run again in (59\d|600) seconds/);
  });

  it("repeats a request that the server fails at, five times in all", async () => {
    hub().answer = (seen, response) => {
      if (seen.count < 2) fail(response, 500);
    };
    await pull();
    await assertWhole();
    hub().requests.length = 0;
    home = join(folder(), `home ${caches++}`);
    hub().answer = (_seen, response) => {
      fail(response, 503);
    };
    await refuses(pull(), 503, /answers with 503.*: run again in a few minutes/);
    assert.equal(hub().requests.length, 5);
  });

  it("says to check the network when there is none, and takes what is here when it is whole", async () => {
    const away = { HF_ENDPOINT: await closedAddress() };
    await refuses(pull({}, away), undefined, /127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\): check the network/);
    await pull();
    const { source, folder: found } = await pull({}, away);
    assert.deepEqual([source, found], ["cache", join(repository(), "snapshots", commit)]);
  });

  it("takes what is here when it is whole and the Hub fails or takes no more requests", async () => {
    await pull();
    for (const status of [429, 503]) {
      hub().answer = (_seen, response) => {
        response.writeHead(status, { "retry-after": "300" }).end();
      };
      const { source, folder: found } = await pull();
      assert.deepEqual([source, found], ["cache", join(repository(), "snapshots", commit)]);
    }
    hub().answer = (_seen, response) => {
      fail(response, 404);
    };
    await refuses(pull(), 404, /no such model/);
  });

  it("asks nothing of the network when offline, and finds only what is whole", async () => {
    for (const [name, value] of [
      ["HF_HUB_OFFLINE", "1"],
      ["HF_HUB_OFFLINE", "yes"],
      ["TRANSFORMERS_OFFLINE", "true"],
    ])
      await refuses(pull({}, { [name]: value }), undefined, /not in the cache .*HF_HUB_OFFLINE.*: unset it/);
    assert.equal(hub().requests.length, 0);
    await pull();
    hub().requests.length = 0;
    assert.equal((await pull({}, { HF_HUB_OFFLINE: "ON" })).source, "cache");
    assert.equal((await pull({}, { HF_HUB_OFFLINE: "0" })).source, "hub");
  });

  it("stops when aborted, keeps what has come, and goes on from there", async () => {
    const controller = new AbortController();
    hub().answer = (seen, response, content) => {
      if (seen.at === "hub" || seen.count > 0) return;
      response.writeHead(200, { "content-length": content!.length });
      response.write(content!.subarray(0, 2000));
      setTimeout(() => controller.abort(), 100);
    };
    await assert.rejects(pull({ signal: controller.signal }), { name: "AbortError" });
    assert.equal((await stat(partial())).size, 2000);
    assert.deepEqual(await readdir(join(home, "hub", ".locks", "models--facebook--dinov2-small")), []);
    await assert.rejects(pull({ signal: AbortSignal.abort() }), { name: "AbortError" });
    await pull();
    assert.deepEqual(storeRequests().map(rangeStart), [0, 2000]);
    await assertWhole();
  });

  it("takes an index and the shards that it names", async () => {
    const repo = hub().repositories[id];
    const { "model.safetensors": whole, ...rest } = repo.files;
    const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    const index = { metadata: {}, weight_map: { a: names[0], b: names[1], c: names[0] } };
    repo.files = {
      ...rest,
      "model.safetensors.index.json": Buffer.from(JSON.stringify(index)),
      [names[0]]: whole.subarray(0, 5000),
      [names[1]]: whole.subarray(5000),
    };
    const { files, folder: snapshot } = await pull();
    assert.deepEqual(
      files.map(({ path }) => path),
      ["config.json", "preprocessor_config.json", "model.safetensors.index.json", ...names],
    );
    assert.equal((await readFile(join(snapshot, names[1]))).length, whole.length - 5000);
    delete repo.files[names[1]];
    repo.commit = "2".repeat(40);
    await refuses(pull(), undefined, /named by the index and not there/, names[1]);
  });

  it("asks for a shard by its whole name, whatever signs of an address are in it", async () => {
    const repo = hub().repositories[id];
    const { "model.safetensors": whole, ...rest } = repo.files;
    const name = "model #1?a%20b.safetensors";
    const index = Buffer.from(JSON.stringify({ weight_map: { a: name } }));
    repo.files = { ...rest, "model.safetensors.index.json": index, [name]: whole };
    hub().answer = (seen, response) => {
      if (seen.path.endsWith("/model%20%231%3Fa%2520b.safetensors")) send(seen, response, whole, {});
    };
    const { folder: snapshot } = await pull();
    assert.deepEqual(await readFile(join(snapshot, name)), Buffer.from(whole));
  });

  it("refuses an index that names files elsewhere, none, or thousands, and one that is no index", async () => {
    const repo = hub().repositories[id];
    const { "model.safetensors": _, ...rest } = repo.files;
    const many = Object.fromEntries(Array.from({ length: 300 }, (_value, i) => [`t${i}`, `m${i}.safetensors`]));
    const wrong: [unknown, RegExp][] = [
      [{ weight_map: { a: "../../evil.safetensors" } }, /not beside the index/],
      [{ weight_map: { a: "/etc/evil.safetensors" } }, /not beside the index/],
      [{ weight_map: { a: "evil.sh" } }, /not beside the index/],
      [{ weight_map: {} }, /names no files/],
      [{ weight_map: many }, /more than 256 files/],
      [[], /expected/],
      [{ weight_map: { "\u001b]0;evil\u0007": "evil.sh" } }, /not beside the index/],
      ["x".repeat(2 ** 20), /bytes where some thousand are expected/],
    ];
    for (const [index, message] of wrong) {
      repo.files = { ...rest, "model.safetensors.index.json": Buffer.from(JSON.stringify(index)) };
      await refuses(pull(), undefined, message, "model.safetensors.index.json");
    }
    assert.equal(storeRequests().length, 0);
  });

  it("takes the ONNX graph and the weights beside it where there are no safetensors", async () => {
    const repo = hub().repositories[id];
    const { "model.safetensors": whole, ...rest } = repo.files;
    const onnx = { "onnx/model.onnx": whole.subarray(0, 900), "onnx/model.onnx_data": whole.subarray(900) };
    repo.files = { ...rest, ...onnx, "onnx/model_fp16.onnx": whole };
    const { files, folder: snapshot } = await pull();
    assert.deepEqual(
      files.map(({ path }) => path),
      ["config.json", "preprocessor_config.json", "onnx/model.onnx", "onnx/model.onnx_data"],
    );
    assert.deepEqual(await readFile(join(snapshot, "onnx", "model.onnx")), Buffer.from(onnx["onnx/model.onnx"]));
    assert.equal((await pull({}, { HF_HUB_OFFLINE: "1" })).folder, snapshot);
    repo.files = { ...rest, "pytorch_model.bin": whole };
    await refuses(pull(), undefined, /neither model\.safetensors nor onnx\/model\.onnx/);
    const { "config.json": _, ...bare } = repo.files;
    repo.files = bare;
    await refuses(pull(), undefined, /no config\.json/);
  });

  it("pulls a commit without a ref, as Python does", async () => {
    await pull({ revision: commit });
    assert.equal(existsSync(join(repository(), "refs")), false);
    await assertWhole();
    assert.equal((await pull({ revision: commit }, { HF_HUB_OFFLINE: "1" })).source, "cache");
    await refuses(pull({}, { HF_HUB_OFFLINE: "1" }), undefined, /not in the cache/);
  });

  it("puts the files themselves into the snapshot where links are not wanted, and finds them again", async () => {
    const plain = { HF_HUB_DISABLE_SYMLINKS: "1" };
    await pull({}, plain);
    await assertWhole();
    const path = join(repository(), "snapshots", commit, "model.safetensors");
    assert.ok((await lstat(path)).isFile());
    assert.deepEqual(await readdir(join(repository(), "blobs")), []);
    for (const variables of [plain, {}])
      assert.ok((await pull({}, variables)).files.every(({ downloaded }) => !downloaded));
    assert.equal(storeRequests().length, 1);
  });

  it("refuses before it starts when the disk has less room than the files need", async () => {
    hub().answer = (seen, response) => {
      if (!seen.path.includes("paths-info")) return;
      const files = Object.entries(hub().repositories[id].files).map(([path, content]) => describeFile(path, content));
      json(
        response,
        files.map((file) => ("lfs" in file ? { ...file, size: 1e15, lfs: { ...file.lfs, size: 1e15 } } : file)),
      );
    };
    await assert.rejects(pull(), (error: Error) => {
      assert.ok(error instanceof FileError);
      assert.match(error.message, /1\.00 PB are to come and .* are free: free some, or set HF_HUB_CACHE/);
      return true;
    });
    assert.equal(storeRequests().length, 0);
  });

  it("names a cache that cannot be made", async () => {
    const file = join(folder(), "a file");
    await writeFile(file, "");
    await assert.rejects(pull({}, { HF_HUB_CACHE: file }), (error: Error) => {
      assert.ok(error instanceof FileError);
      assert.match(error.message, /cannot be written \((ENOTDIR|EEXIST)\).*HF_HUB_CACHE/);
      return true;
    });
  });

  it("believes no answer that the Hub would not give", async () => {
    const info = () => describeFile("config.json", hub().repositories[id].files["config.json"]);
    const answers: [string, unknown][] = [
      ["/revision/", { sha: "../../main" }],
      ["/revision/", {}],
      ["paths-info", [{ ...info(), size: -1 }]],
      ["paths-info", [{ ...info(), oid: "../../../evil" }]],
      ["paths-info", { files: [] }],
    ];
    for (const [path, value] of answers) {
      hub().answer = (seen, response) => {
        if (seen.path.includes(path)) json(response, value);
      };
      await refuses(pull(), undefined, /does not answer as the Hub does \(.*: check HF_ENDPOINT/);
    }
    hub().answer = (_seen, response) => {
      response.end("<html>Sign in to the hotel's network</html>");
    };
    await refuses(pull(), undefined, /does not answer as the Hub does/);
    hub().answer = (_seen, response) => {
      response.end("\u001b]0;your\u0007\n\u009b31mterminal");
    };
    await refuses(pull(), undefined, /does not answer as the Hub does \(.*\]0;your/);
    hub().answer = (_seen, response) => {
      response.end(Buffer.alloc(9 * 2 ** 20, 32));
    };
    await refuses(pull(), undefined, /with more than 8388608 bytes/);
    hub().answer = (seen, response) => {
      response.writeHead(302, { location: seen.path }).end();
    };
    await refuses(pull(), undefined, /more than 10 redirects/);
    delete hub().repositories[id].files["model.safetensors"];
    hub().answer = (seen, response) => {
      if (!seen.path.includes("/tree/")) return;
      response.setHeader("link", `<${hub().url}${seen.path}>; rel="next"`);
      json(response, []);
    };
    await refuses(pull(), undefined, /a list of more than 10 pages/);
    assert.equal(existsSync(join(repository(), "snapshots")), false);
  });

  it("takes no file that it did not ask for", async () => {
    hub().answer = (seen, response) => {
      if (!seen.path.includes("paths-info")) return;
      const all = Object.entries(hub().repositories[id].files).map(([path, content]) => describeFile(path, content));
      json(response, [...all, { ...all[0], path: "../../evil.json" }, { ...all[0], type: "directory" }]);
    };
    const { files } = await pull();
    assert.equal(files.length, 3);
  });

  it("refuses names, revisions, addresses and tokens that are none", async () => {
    for (const name of ["dinov2-small", "../x", "a/../b", "a/b/c", "-a/b", "a/b.", "a/b--c", ""])
      await assert.rejects(pull({}, {}, name), { argument: "hubId" });
    for (const revision of ["../main", "a/../b", "", "a b"])
      await assert.rejects(pull({ revision }), { argument: "revision" });
    await assert.rejects(pull({ timeout: 0 }), { argument: "timeout" });
    await assert.rejects(pull({}, { HF_ENDPOINT: "hub" }), { argument: "HF_ENDPOINT" });
    await assert.rejects(pull({}, { HF_ENDPOINT: "file:///x" }), { argument: "HF_ENDPOINT" });
    for (const endpoint of [
      "http://me:secret@h",
      "me:secret@h",
      "http://secret@h",
      "http://h?key=secret",
      "http://h/#secret",
    ])
      await assert.rejects(pull({}, { HF_ENDPOINT: endpoint }), (error: Error) => {
        assert.ok(error instanceof ArgumentError);
        assert.match(error.message, /HF_ENDPOINT .*: give the bare address/);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    await assert.rejects(pull({}, { HF_TOKEN: "hf_ü" }), (error: Error) => {
      assert.ok(error instanceof ArgumentError);
      assert.doesNotMatch(error.message, /hf_ü/);
      return true;
    });
    assert.equal(hub().requests.length, 0);
  });
});
