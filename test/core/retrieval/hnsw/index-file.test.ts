import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import { normaliseRows } from "#dist/core/numeric/normalise.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { Graph } from "#dist/core/retrieval/hnsw/graph.js";
import { readIndexFile, writeIndexFile } from "#dist/core/retrieval/hnsw/index-file.js";
import { temporaryFolder } from "../../../support/temporary.js";
import { clustered, range } from "./sources.js";

const settings = { dim: 6, connectivity: 4, expansionAdd: 8, expansionSearch: 8, threads: 1 };
const recall = { k: 10, value: 0.5, queries: 40, rows: 40 };

async function graphOf(rows: number, seed: number): Promise<Graph> {
  const graph = new Graph(rows, settings);
  graph.add(range(7, 7 + rows), normaliseRows(clustered(rows, 6, seed)).data);
  await graph.link();
  return graph;
}

async function problemOf(path: string, identity = "test"): Promise<string | undefined> {
  const opened = await readIndexFile(path, { identity, settings });
  return "problem" in opened ? opened.problem : undefined;
}

describe("the file of an index", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder(), name);
  let graph: Graph;
  before(async () => {
    graph = await graphOf(40, 1);
    await writeIndexFile(at("whole"), { identity: "test", recall }, graph);
  });

  it("gives back the graph and the facts that it was written with", async () => {
    const opened = await readIndexFile(at("whole"), { identity: "test", settings });
    assert.ok("graph" in opened);
    assert.deepEqual(opened.graph.arrays(), graph.arrays());
    assert.deepEqual([opened.graph.entry, opened.graph.nodes, opened.header.recall], [graph.entry, 40, recall]);
    const [query] = [normaliseRows(clustered(1, 6, 9)).data];
    assert.deepEqual(opened.graph.search(query, 8), graph.search(query, 8));
  });

  it("is refused after any of 10,000 changes", async () => {
    const original = readFileSync(at("whole"));
    await writeIndexFile(at("other"), { identity: "test", recall }, await graphOf(30, 2));
    const other = readFileSync(at("other"));
    const random = seededRandom(3);
    const path = at("changed");
    for (let i = 0; i < 10_000; i++) {
      const bytes = changed(original, other, random);
      if (bytes.equals(original)) continue;
      writeFileSync(path, bytes);
      assert.notEqual(await problemOf(path), undefined, `change ${i}`);
    }
  });

  it("is refused when it is missing, empty, a folder or another kind of file", async () => {
    mkdirSync(at("folder"));
    for (const [name, bytes] of Object.entries({ empty: "", short: "short", text: "some text ".repeat(100) }))
      writeFileSync(at(name), bytes);
    const names = ["missing", "folder", "empty", "short", "text"];
    assert.deepEqual(await Promise.all(names.map((name) => problemOf(at(name)))), [
      "does not exist",
      "is no file",
      ...Array(3).fill("is no index"),
    ]);
  });

  it("is refused without waiting when a pipe is in its place", async function () {
    if (platform() === "win32") return this.skip();
    execFileSync("mkfifo", [at("pipe")]);
    assert.equal(await problemOf(at("pipe")), "is no file");
  });

  it("is refused for other vectors, and with a header that says something else, though its checksum is right", async () => {
    assert.match(String(await problemOf(at("whole"), "others")), /of other vectors/);
    const wrong: Record<string, [unknown, RegExp]> = {
      format: [2, /header/],
      dim: [7, /another way/],
      rows: [41, /other sizes/],
      identity: [3, /header/],
      extra: [1, /header/],
      arrays: [[1, 2], /cut short/],
      entry: [{ node: 40, level: 0 }, /lead nowhere/],
    };
    for (const [key, [value, problem]] of Object.entries(wrong)) {
      writeFileSync(at("header"), withHeader(readFileSync(at("whole")), { [key]: value }));
      assert.match(String(await problemOf(at("header"))), problem, key);
    }
  });

  it("is refused before memory is taken for more rows than it can hold", async () => {
    const arrays = [8e9, 128, 48e9, 36e9, 0];
    writeFileSync(at("lying"), withHeader(readFileSync(at("whole")), { rows: 1e9, arrays }));
    assert.match(String(await problemOf(at("lying"))), /cut short/);
  });

  it("is refused when a link leads nowhere, though its checksum is right", async () => {
    const links = Object.values(graph.arrays()).slice(0, 3);
    const before = links.reduce((sum, { length }) => sum + length, 0);
    for (const [place, value] of [
      [0, 9],
      [4, 40],
    ]) {
      const bytes = readFileSync(at("whole"));
      bytes.writeUInt32LE(value, 12 + bytes.readUInt32LE(8) + before + place);
      writeFileSync(at("links"), sealed(bytes));
      assert.equal(await problemOf(at("links")), "has links that lead nowhere");
    }
  });
});

function withHeader(bytes: Buffer, changes: object): Buffer {
  const end = 12 + bytes.readUInt32LE(8);
  const text = Buffer.from(JSON.stringify({ ...JSON.parse(bytes.toString("utf8", 12, end)), ...changes }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return sealed(Buffer.concat([bytes.subarray(0, 8), length, text, bytes.subarray(end)]));
}

/** With the checksum of what it holds. */
function sealed(bytes: Buffer): Buffer {
  const content = bytes.subarray(0, -32);
  return Buffer.concat([content, createHash("sha256").update(content).digest()]);
}

/** One of: flipped bits, cut off, added to, filled with noise, the end of another file. */
function changed(original: Buffer, other: Buffer, random: () => number): Buffer {
  const place = (length: number): number => Math.floor(random() * length);
  const noise = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, () => place(256)));
  const bytes = Buffer.from(original);
  switch (place(8)) {
    case 0:
      return bytes.subarray(0, place(bytes.length));
    case 1:
      return Buffer.concat([bytes, noise(1 + place(100))]);
    case 2:
      bytes.set(noise(1 + place(64)), place(bytes.length - 64));
      return bytes;
    case 3: {
      const end = 1 + place(600);
      return Buffer.concat([bytes.subarray(0, -end), other.subarray(-end)]);
    }
    case 4:
      return Buffer.concat([bytes.subarray(place(bytes.length)), bytes]);
    default:
      for (let flips = 1 + place(3); flips > 0; flips--) bytes[place(bytes.length)] ^= 1 << place(8);
      return bytes;
  }
}
