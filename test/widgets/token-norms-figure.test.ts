import assert from "node:assert/strict";
import sharp from "sharp";
import { ArgumentError } from "#dist/core/errors.js";
import { tokenNorms } from "#dist/core/features/token-norms.js";
import { type MimeBundle, tokenNormsFigure } from "#dist/widgets/index.js";
import { normHistogram } from "#dist/widgets/norm-histogram.js";
import { madeTokens } from "./results.js";

function markup(bundle: MimeBundle): string {
  return bundle["text/html"].split("<!--patchlab:shared-->")[0];
}

function caption(bundle: MimeBundle): string {
  return (/<figcaption>(.*)<\/figcaption>/s.exec(markup(bundle))?.[1] ?? "").replace(/<[^>]*>/g, "");
}

describe("tokenNormsFigure(tokenNorms)", () => {
  it("says which share of the tokens are outliers, by which rule, and what to look for", async () => {
    const bundle = await tokenNormsFigure(tokenNorms(await madeTokens()));
    assert.match(
      caption(bundle),
      /^Norms of the 432 patch tokens of 3 pictures by made up at 168 px, after block 11 \(counted from 0\) and before the last norm: 1\.39 % are outliers\..*more than twice the median.*Look for outlined patches/,
    );
    assert.match(bundle["text/plain"], /^Token norms of 3 pictures\nshoes-01\.jpg: 2 of 144 tokens are outliers\n/);
    const { format, width } = await sharp(Buffer.from(bundle["image/png"], "base64")).metadata();
    assert.deepEqual([format, width], ["png", 1229]);
  });

  it("outlines the outliers and no other patch", async () => {
    const html = markup(await tokenNormsFigure(tokenNorms(await madeTokens())));
    const [, path] = /class="pl-outlines" viewBox="0 0 12 12"[^>]*><path d="([^"]*)"/.exec(html) ?? [];
    assert.equal(path, "M5 0h1v1h-1zM7 8h1v1h-1z");
    assert.match(html, /title="2 outliers, 1\.39 %"/);
  });

  it("says so when there is no outlier, and when the last norm may hide them", async () => {
    const { patches } = await madeTokens(false);
    const none = await tokenNormsFigure(tokenNorms(patches, { threshold: 1e6 }));
    assert.match(caption(none), /none is an outlier.*above 1,000,000, the threshold given.*here none do\.$/);
    assert.match(markup(none), /title="no outlier"/);
    const hidden = await tokenNormsFigure(tokenNorms({ patches, layer: 11, normalised: true }));
    assert.match(caption(hidden), /after the last norm: .*The last norm hides outliers/);
  });

  it("names the pictures that it leaves out, and gives the same bytes for the same norms", async () => {
    const norms = tokenNorms(await madeTokens());
    const options = { limit: 2, title: "Norms" };
    const bundle = await tokenNormsFigure(norms, options);
    assert.match(caption(bundle), /The first 2 are drawn\./);
    assert.equal(markup(bundle).match(/class="pl-pair"/g)?.length, 2);
    assert.deepEqual(bundle, await tokenNormsFigure(norms, options));
  });

  it("lets no name become markup", async () => {
    const name = `"><script>alert('x')</script>`;
    const { patches } = await madeTokens();
    const norms = tokenNorms(patches.map((p) => ({ ...p, modelName: name })));
    const images = norms.images.map((image) => ({ ...image, picture: { name, source: "/nowhere" } }));
    assert.doesNotMatch(markup(await tokenNormsFigure({ ...norms, images })), /<script|alert\('x'\)/);
  });

  it("refuses norms of no picture", async () => {
    await assert.rejects(tokenNormsFigure({ ...tokenNorms(await madeTokens()), images: [] }), ArgumentError);
  });
});

describe("normHistogram(norms)", () => {
  const histogram = { edges: Float32Array.of(0, 1, 2), counts: Uint32Array.of(999, 1) };

  it("shows one token beside a thousand", () => {
    const { counts } = normHistogram({ histogram, threshold: 1.5 }).histogram;
    assert.ok(counts[1] / counts[0] > 0.05 && counts[1] < counts[0]);
  });

  it("reaches past a threshold that no token reaches", () => {
    const drawn = normHistogram({ histogram, threshold: 4 });
    assert.deepEqual([[...drawn.histogram.edges], drawn.histogram.counts[2], drawn.end], [[0, 1, 2, 5], 0, 5]);
  });
});
