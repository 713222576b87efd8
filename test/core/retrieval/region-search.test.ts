/** The two steps of a search by a box: cutting it out, and comparing it patch by patch. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { ArgumentError } from "#dist/core/errors.js";
import { matchRegion } from "#dist/core/features/matching.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Model } from "#dist/core/model/model.js";
import type { Picture, RawImage } from "#dist/core/picture.js";
import { compareRegion, cutRegion, patchesOf } from "#dist/core/retrieval/region-search.js";
import { fixture } from "../../support/fixtures.js";
import { shoes } from "../../support/pictures.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("cutRegion", () => {
  /** 4 x 3 pixels, of which pixel (x, y) is [x, y, 7]. */
  const image: RawImage = {
    data: Uint8Array.from({ length: 36 }, (_, i) => [Math.floor(i / 3) % 4, Math.floor(i / 12), 7][i % 3]),
    width: 4,
    height: 3,
  };
  const at = (left: number, top: number, width: number, height: number) =>
    cutRegion(image, { left, top, width, height });

  it("gives the pixels of the box", async () => {
    const cut = await at(1, 1, 2, 2);
    assert.deepEqual([cut.width, cut.height, [...cut.data]], [2, 2, [1, 1, 7, 2, 1, 7, 1, 2, 7, 2, 2, 7]]);
    assert.deepEqual((await at(0, 0, 4, 3)).data, image.data);
  });

  it("takes pixels that the box covers in part, and cuts it at the borders", async () => {
    const part = await at(0.5, 0.5, 1, 1);
    assert.deepEqual([part.width, part.height], [2, 2]);
    const beyond = await at(-5, 2, 100, 100);
    assert.deepEqual([beyond.width, beyond.height], [4, 1]);
    const thin = await at(1.2, 1.2, 0.1, 0.1);
    assert.deepEqual([thin.width, thin.height, [...thin.data]], [1, 1, [1, 1, 7]]);
  });
});

describe("compareRegion", () => {
  const folder = temporaryFolder();
  let model: Model;
  before(async () => {
    model = await loadModel(fixture("models/dinov2"));
  });
  after(() => model.close());

  const region = { left: 60, top: 60, width: 100, height: 80 };

  function candidate(
    source: string | Uint8Array,
    row: number,
    name = String(source),
  ): { row: number; picture: Picture } {
    return { row, picture: { name, source, width: 0, height: 0, view: { left: 0, top: 0, width: 0, height: 0 } } };
  }

  it("orders the candidates by how well each patch of the box is matched", async () => {
    const query = await patchesOf(shoes[1], { model });
    const compared = await compareRegion(
      query,
      region,
      shoes.map((path, i) => candidate(path, 10 + i)),
      { model },
    );
    assert.equal(compared.length, 4);
    assert.deepEqual(compared[0].row, 11);
    assert.ok(compared[0].match.similarity > 0.99999);
    for (const [i, { row, match }] of compared.entries()) {
      assert.deepEqual(match, await matchRegion(query, region, await patchesOf(shoes[row - 10], { model })));
      if (i > 0) assert.ok(match.similarity <= compared[i - 1].match.similarity);
    }
  });

  it("keeps rows apart whose pictures have one name, and equally good ones in the order of their rows", async () => {
    const query = await patchesOf(shoes[0], { model });
    const list = [candidate(shoes[2], 9, "same"), candidate(shoes[2], 3, "same"), candidate(shoes[0], 5, "same")];
    const compared = await compareRegion(query, region, list, { model });
    assert.deepEqual(
      compared.map(({ row }) => row),
      [5, 3, 9],
    );
    for (const { match } of compared) assert.equal(match.b.picture?.name, "same");
  });

  it("leaves out pictures that cannot be read any more", async () => {
    const query = await patchesOf(shoes[0], { model });
    const gone = join(folder(), "gone.jpg");
    rmSync(gone, { force: true });
    const list = [candidate(gone, 0), candidate(Buffer.from("text"), 1, "text"), candidate(shoes[3], 2)];
    const compared = await compareRegion(query, region, list, { model });
    assert.deepEqual(
      compared.map(({ row }) => row),
      [2],
    );
    assert.deepEqual(await compareRegion(query, region, list.slice(0, 2), { model }), []);
  });

  it("reads pictures at 16 patches a side or more, and larger ones as the index does", async () => {
    const sides = async (size?: number) => {
      const { rows, cols } = await patchesOf(shoes[0], { model, ...(size === undefined ? {} : { size }) });
      return [rows, cols];
    };
    assert.deepEqual(await sides(28), [16, 16]);
    assert.deepEqual(await sides(14 * 20), [20, 20]);
  });

  it("pools nothing, whatever the index pools", async () => {
    const [plain, pooled] = [
      await patchesOf(shoes[0], { model }),
      await patchesOf(shoes[0], { model, pooling: "mean" }),
    ];
    assert.deepEqual(pooled, plain);
  });

  it("refuses a box outside the picture, and no model", async () => {
    const small = await sharp({ create: { width: 64, height: 64, channels: 3, background: "teal" } })
      .png()
      .toBuffer();
    const query = await patchesOf(small, { model });
    const outside = { left: 100, top: 0, width: 10, height: 10 };
    await assert.rejects(compareRegion(query, outside, [candidate(shoes[0], 0)], { model }), ArgumentError);
    await assert.rejects(patchesOf(small, {}), /no model to read it/);
  });
});
