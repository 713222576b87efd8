import assert from "node:assert/strict";
import sharp from "sharp";
import { ArgumentError } from "#dist/core/errors.js";
import { attentionMap } from "#dist/core/features/attention.js";
import { attentionFigure, type MimeBundle } from "#dist/widgets/index.js";
import { madeAttention } from "./results.js";

function markup(bundle: MimeBundle): string {
  return bundle["text/html"].split("<!--patchlab:shared-->")[0];
}

function caption(bundle: MimeBundle): string {
  return (/<figcaption>(.*)<\/figcaption>/s.exec(markup(bundle))?.[1] ?? "").replace(/<[^>]*>/g, "");
}

describe("attentionFigure(attention)", () => {
  it("says of what token, in which block of which model at which size, and what to look for", async () => {
    const bundle = await attentionFigure(await madeAttention(1));
    assert.match(
      caption(bundle),
      /^Attention of the class token, .* to the patches of 1 picture, in block 11 \(counted from 0\) of made up at 168 px\..*Look for heads/,
    );
    assert.match(
      bundle["text/plain"],
      /^Attention in 1 picture\nshoes-01\.jpg: 60 % of the mean attention to patches lies on \d+ % of them; patches get 75 % of all\n/,
    );
    const { format, width } = await sharp(Buffer.from(bundle["image/png"], "base64")).metadata();
    assert.deepEqual([format, width], ["png", 1229]);
  });

  it("draws the picture twice, the mean and every head, each with its largest weight", async () => {
    const html = markup(await attentionFigure(await madeAttention(2)));
    assert.equal(html.match(/class="pl-tile"/g)?.length, 2 * (2 + 1 + 6));
    assert.equal(html.match(/<img src="data:image\/jpeg/g)?.length, 4);
    const labels = [...html.matchAll(/title="(Mean|Head \d)"[^>]*>[^<]*<\/span><span>(0 to [\d.]+ %)/g)];
    assert.deepEqual(
      labels.slice(0, 7).map(([, label]) => label),
      ["Mean", "Head 0", "Head 1", "Head 2", "Head 3", "Head 4", "Head 5"],
    );
  });

  it("draws one head beside the mean when one is chosen, by its own number", async () => {
    const [attention] = await madeAttention(1);
    const chosen = markup(await attentionFigure(attention, { head: 4 }));
    assert.match(chosen, /title="Mean".*title="Head 4"/s);
    assert.equal(chosen.match(/title="Head/g)?.length, 1);
    assert.equal(chosen, markup(await attentionFigure(attentionMap(attention, { head: 4 }))));
  });

  it("outlines the patch whose attention it is, and names it", async () => {
    const [attention] = await madeAttention(1);
    const bundle = await attentionFigure({ ...attention, whose: [[2, 5]] });
    assert.match(caption(bundle), /^Attention of the patch in row 2, column 5 \(counted from 0, outlined\)/);
    assert.match(markup(bundle), /class="pl-outlines" viewBox="0 0 12 12"[^>]*><path d="M5 2h1v1h-1z"\/>/);
    assert.doesNotMatch(markup(await attentionFigure(attention)), /pl-outlines/);
  });

  it("does not claim to know what records leave out", async () => {
    const [attention] = await madeAttention(1);
    const { whose: _, modelName: __, inputSize: ___, picture: ____, ...bare } = attention;
    const bundle = await attentionFigure(bare);
    assert.match(caption(bundle), /^Attention of one token to .* of a model not named here\./);
    assert.match(bundle["text/plain"], /^Attention in 1 picture\npicture 1: /);
  });

  it("folds long lists and names what it leaves out", async () => {
    const html = markup(await attentionFigure(await madeAttention(6), { open: 2, limit: 5 }));
    assert.match(html, /Show 3 more pictures/);
    assert.match(html, /patches of 6 pictures.*The first 5 are drawn\./);
  });

  it("gives the same bytes for the same attention, and lets no name become markup", async () => {
    const [attention] = await madeAttention(1);
    const name = `"><script>alert('x')</script>`;
    const evil = { ...attention, modelName: name, picture: { name, source: "/nowhere" } };
    const bundle = await attentionFigure(evil, { title: name });
    assert.deepEqual(bundle, await attentionFigure(evil, { title: name }));
    assert.doesNotMatch(markup(bundle), /<script|alert\('x'\)/);
  });

  it("refuses an empty list, and heads that are not there", async () => {
    await assert.rejects(attentionFigure([]), ArgumentError);
    await assert.rejects(attentionFigure(await madeAttention(1), { head: 6 }), { argument: "head" });
  });
});
