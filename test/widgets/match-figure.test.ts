import assert from "node:assert/strict";
import fc from "fast-check";
import sharp from "sharp";
import type { PatchMatch } from "#dist/core/features/matching.js";
import { type MimeBundle, matchFigure } from "#dist/widgets/index.js";
import { markedPairs } from "#dist/widgets/match-marks.js";
import { madeMatch, madeRegionMatch } from "./results.js";

function markup(bundle: MimeBundle): string {
  return bundle["text/html"].split("<!--patchlab:shared-->")[0];
}

function caption(bundle: MimeBundle): string {
  return (/<figcaption>(.*)<\/figcaption>/s.exec(markup(bundle))?.[1] ?? "").replace(/<[^>]*>/g, "");
}

/** A picture's layers, one pixel a patch. */
async function layers(bundle: MimeBundle): Promise<Uint8Array[]> {
  const found = [...markup(bundle).matchAll(/class="pl-layer" src="data:image\/png;base64,([^"]*)"/g)];
  return Promise.all(found.map(([, png]) => sharp(Buffer.from(png, "base64")).ensureAlpha().raw().toBuffer()));
}

describe("matchFigure(match)", () => {
  it("says what matches, by which model, on which scale, and what to look for", async () => {
    const match = await madeMatch();
    const bundle = await matchFigure(match, { size: 448 });
    const compared = [...match.a.data, ...match.b.data];
    const [low, high] = [Math.min(...compared), Math.max(...compared)].map((v) => v.toFixed(2));
    assert.match(
      caption(bundle),
      new RegExp(
        `^What shoes-01\\.jpg and shoes-02\\.jpg have in common, by cell colours at 448 px: ${match.pairs.length} of 144 patches chose each other.* from ${low}, dark, to ${high}, light.*Look for numbers`,
      ),
    );
    assert.match(
      bundle["text/plain"],
      /^Alike in shoes-01\.jpg and shoes-02\.jpg\n1: row \d+, column \d+ of shoes-01\.jpg and row \d+, /,
    );
    const { format, width } = await sharp(Buffer.from(bundle["image/png"], "base64")).metadata();
    assert.deepEqual([format, width], ["png", 1229]);
  });

  it("puts the same numbers into both pictures, where their patches lie, and draws both maps", async () => {
    const match = await madeMatch();
    const html = markup(await matchFigure(match, { marks: 3 }));
    const places = [...html.matchAll(/--pl-x:([\d.]+)%;--pl-y:([\d.]+)%;[^>]*>(\d)</g)].map(([, x, y, n]) => [
      +n,
      +x,
      +y,
    ]);
    assert.deepEqual(
      places.map(([n]) => n),
      [1, 2, 3, 1, 2, 3],
    );
    const [{ a, b }] = match.pairs;
    for (const [patch, [, x, y]] of [
      [a, places[0]],
      [b, places[3]],
    ] as const) {
      assert.ok(Math.abs(x - (100 * ((patch % 12) + 0.5)) / 12) < 0.1);
      assert.ok(Math.abs(y - (100 * (Math.floor(patch / 12) + 0.5)) / 12) < 0.1);
    }
    assert.equal(html.match(/class="pl-layer"/g)?.length, 2);
    assert.equal(html.match(/src="data:image\/jpeg/g)?.length, 2);
  });

  it("makes the most similar patch of both the lightest, and the least similar the darkest", async () => {
    const match = await madeMatch();
    const [first, second] = await layers(await matchFigure(match));
    const values = [...match.a.data, ...match.b.data];
    const lightness = [...values.keys()].map((i) => {
      const [pixels, at] = i < 144 ? [first, i] : [second, i - 144];
      return pixels[4 * at] + pixels[4 * at + 1] + pixels[4 * at + 2];
    });
    assert.equal(lightness[values.indexOf(Math.max(...values))], Math.max(...lightness));
    assert.equal(lightness[values.indexOf(Math.min(...values))], Math.min(...lightness));
  });

  it("outlines the box that was looked for, and darkens the picture around it", async () => {
    const match = await madeRegionMatch();
    const bundle = await matchFigure(match);
    assert.match(
      caption(bundle),
      new RegExp(
        `^Where the box of shoes-01\\.jpg is found in shoes-02\\.jpg, by a model not named here: the best matches of its 9 patches have a mean similarity of ${match.similarity.toFixed(2)} cosine\\.`,
      ),
    );
    assert.match(caption(bundle), /Only patches in the box were compared/);
    assert.equal(markup(bundle).match(/<path d="M25 50h25v25h-25z"\/>/g)?.length, 4);
    const [first] = await layers(bundle);
    const opaque = [...match.covered.keys()].filter((i) => first[4 * i + 3] === 255);
    assert.deepEqual(
      opaque,
      [...match.covered.keys()].filter((i) => match.covered[i]),
    );
    assert.equal(markup(bundle).match(/src="data:image\/jpeg/g)?.length, 3);
  });

  it("stands without pictures, without pairs and where nothing was compared", async () => {
    const side = { data: new Float32Array(4), best: new Int32Array(4).fill(-1), rows: 2, cols: 2 };
    const bundle = await matchFigure({ a: side, b: { ...side, rows: 1, cols: 4 }, pairs: [] });
    assert.doesNotMatch(markup(bundle) + caption(bundle), /NaN|Infinity|pl-marks"><b|same number marks/);
    assert.match(
      caption(bundle),
      /^What picture 1 and picture 2 have in common, by a model not named here: 0 of 4 patches/,
    );
  });

  it("gives the same bytes for the same match, and lets no name become markup", async () => {
    const match = await madeMatch();
    const name = `"><script>alert('x')</script>`;
    const evil = { ...match, modelName: name, a: { ...match.a, picture: { name, source: "/nowhere" } } };
    const bundle = await matchFigure(evil, { title: name });
    assert.deepEqual(bundle, await matchFigure(evil, { title: name }));
    assert.doesNotMatch(markup(bundle), /<script|alert\('x'\)/);
  });
});

describe("markedPairs(pairs, a, b, most)", () => {
  it("numbers the best pair and leaves out those near a better one in either picture", () => {
    const patch = fc.nat(143);
    const grid = { rows: 12, cols: 12 };
    fc.assert(
      fc.property(
        fc.array(fc.record({ a: patch, b: patch }), { minLength: 1 }),
        fc.integer({ min: 1, max: 8 }),
        (found, most) => {
          const pairs: PatchMatch["pairs"] = found.map((pair, i) => ({ ...pair, similarity: 1 - i / 1000 }));
          const marked = markedPairs(pairs, grid, grid, most);
          assert.ok(marked.length <= most);
          assert.deepEqual(
            marked.map(({ number }) => number),
            marked.map((_, i) => i + 1),
          );
          assert.equal(marked[0].similarity, 1);
          for (const side of ["a", "b"] as const)
            marked.forEach((one, i) => {
              for (const other of marked.slice(0, i))
                assert.ok(Math.hypot(one[side].x - other[side].x, one[side].y - other[side].y) >= 0.15);
            });
        },
      ),
    );
  });
});
