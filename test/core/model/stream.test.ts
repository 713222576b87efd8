/** Features batch by batch. */
import assert from "node:assert/strict";
import { ArgumentError, ClosedError, ImageError } from "#dist/core/errors.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Features, Model } from "#dist/core/model/model.js";
import type { RawImage } from "#dist/core/picture.js";
import { fixture } from "../../support/fixtures.js";
import { shoes } from "../../support/pictures.js";

describe("model.stream()", () => {
  let model: Model;
  before(async () => {
    model = await loadModel(fixture("models/dinov2"), { threads: 1 });
  });
  after(() => model.close());

  const options = { size: 28, batchSize: 2 };

  /** A picture of one colour. */
  function plain(level: number): RawImage {
    return { data: new Uint8Array(32 * 32 * 3).fill(level), width: 32, height: 32 };
  }

  /** Counts what is taken from it, and knows whether it was closed. */
  function watched(count: number) {
    const watch = { pulled: 0, closed: false };
    function* images() {
      try {
        for (let i = 0; i < count; i++) {
          watch.pulled++;
          yield plain(i);
        }
      } finally {
        watch.closed = true;
      }
    }
    return { watch, images: images() };
  }

  async function all(stream: AsyncIterable<Features>): Promise<Features[]> {
    const batches: Features[] = [];
    for await (const batch of stream) batches.push(batch);
    return batches;
  }

  it("gives batches in the pictures' order, each with the numbers that extract gives", async () => {
    const sources = Array.from({ length: 7 }, (_, i) => plain(30 * i));
    const batches = await all(model.stream(sources, { ...options, pooling: "mean" }));
    const whole = await model.extract(sources, { ...options, pooling: "mean" });
    assert.deepEqual(
      batches.map(({ pictures }) => pictures.length),
      [2, 2, 2, 1],
    );
    assert.deepEqual(
      batches.flatMap(({ cls }) => [...cls.data]),
      [...whole.cls.data],
    );
    assert.deepEqual(
      batches.flatMap(({ pooled }) => [...pooled!.data]),
      [...whole.pooled!.data],
    );
    assert.deepEqual(
      batches.flatMap(({ patches }) => patches),
      whole.patches,
    );
    assert.deepEqual(
      batches.flatMap(({ pictures }) => pictures),
      whole.pictures,
    );
    for (const { inputSize } of batches) assert.deepEqual(inputSize, [28, 28]);
  });

  it("takes pictures as it needs them: three batches ahead of what was handed out at most", async () => {
    const { watch, images } = watched(100);
    let handedOut = 0;
    for await (const { pictures } of model.stream(images, options)) {
      assert.ok(watch.pulled <= handedOut + 3 * 2, `${watch.pulled} taken, ${handedOut} handed out`);
      handedOut += pictures.length;
    }
    assert.deepEqual([handedOut, watch.pulled, watch.closed], [100, 100, true]);
  });

  it("closes where the pictures come from when it is left in the middle", async () => {
    const { watch, images } = watched(100);
    for await (const _ of model.stream(images, options)) break;
    assert.ok(watch.closed && watch.pulled <= 6, `${watch.pulled}`);
  });

  it("takes async sources, and pictures with names of their own", async () => {
    async function* named() {
      yield { name: "first", source: plain(1) };
      yield { name: "second", source: plain(2) };
      yield shoes[0];
    }
    const batches = await all(model.stream(named(), options));
    const names = batches.flatMap(({ pictures }) => pictures.map(({ name }) => name));
    assert.deepEqual(names, ["first", "second", shoes[0]]);
  });

  it("gives nothing for nothing", async () => {
    assert.deepEqual(await all(model.stream([], options)), []);
  });

  it("reports bad pictures in their batch when it skips, also in one with no other", async () => {
    const bad = (name: string) => ({ name, source: Buffer.from("no picture") });
    const sources = [plain(1), bad("b"), bad("c"), bad("d"), plain(5)];
    const batches = await all(model.stream(sources, { ...options, onError: "skip" }));
    assert.deepEqual(
      batches.map(({ pictures, failed, cls }) => [
        pictures.length,
        failed.map(({ index, name }) => [index, name]),
        cls.rows,
      ]),
      [
        [1, [[1, "b"]], 1],
        [
          0,
          [
            [2, "c"],
            [3, "d"],
          ],
          0,
        ],
        [1, [], 1],
      ],
    );
    for (const { failed } of batches) for (const { error } of failed) assert.ok(error instanceof ImageError);
  });

  it("ends at the first bad picture otherwise, with its name, and closes where they come from", async () => {
    let closed = false;
    function* images() {
      try {
        yield* [plain(1), plain(2), { name: "bad one", source: Buffer.from("no picture") }, plain(4)];
      } finally {
        closed = true;
      }
    }
    await assert.rejects(
      all(model.stream(images(), options)),
      (e: Error) => e instanceof ImageError && /bad one/.test(e.message),
    );
    assert.ok(closed);
  });

  it("passes on what the pictures' source throws", async () => {
    function* images() {
      yield plain(1);
      throw new Error("the source broke");
    }
    await assert.rejects(all(model.stream(images(), options)), /the source broke/);
  });

  it("stops when it is aborted", async () => {
    const controller = new AbortController();
    const { watch, images } = watched(100);
    const reading = async () => {
      for await (const _ of model.stream(images, { ...options, signal: controller.signal }))
        controller.abort(new Error("stop"));
    };
    await assert.rejects(reading(), /stop/);
    assert.ok(watch.closed && watch.pulled < 100);
  });

  it("refuses options that make no sense, and a closed model, when it is first asked", async () => {
    await assert.rejects(all(model.stream([plain(1)], { ...options, batchSize: 0 })), ArgumentError);
    await assert.rejects(all(model.stream([plain(1)], { ...options, onError: "ignore" as never })), ArgumentError);
    await assert.rejects(all(model.stream([plain(1)], { ...options, pooling: "sum" as never })), ArgumentError);
    const other = await loadModel(fixture("models/dinov2"), { threads: 1 });
    await other.close();
    await assert.rejects(all(other.stream([plain(1)], options)), ClosedError);
  });

  it("fails as closed when the model is closed while it runs", async () => {
    const other = await loadModel(fixture("models/dinov2"), { threads: 1 });
    const { images } = watched(100);
    const reading = async () => {
      for await (const _ of other.stream(images, options)) await other.close();
    };
    await assert.rejects(
      reading(),
      (e: Error) => e instanceof ClosedError && /the model dinov2 is closed/.test(e.message),
    );
  });
});
