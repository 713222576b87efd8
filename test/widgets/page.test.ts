import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { embeddingMap, type MimeBundle, matrixTable, page } from "#dist/widgets/index.js";
import { projectFile } from "../support/fixtures.js";
import { madeProjection } from "./results.js";

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("page({ title, sections })", () => {
  let map: MimeBundle;
  let table: MimeBundle;
  before(async () => {
    map = await embeddingMap(await madeProjection());
    table = await matrixTable({ data: new Float32Array(4), rows: 2, cols: 2 });
  });

  it("brings script, style and Plotly once, however many figures it has", () => {
    const one = page({ title: "One", sections: [{ bundle: map }] });
    const twenty = page({ title: "Twenty", sections: Array.from({ length: 20 }, () => ({ bundle: map })) });
    for (const html of [one, twenty]) {
      assert.equal(count(html, 'class="patchlab-plotly"'), 1);
      assert.equal(count(html, "<style>"), 1);
      assert.equal(count(html, "<script>"), 1);
    }
    const figure = (twenty.length - one.length) / 19;
    assert.ok(figure < 200_000, `a figure of 12 pictures takes ${figure} characters`);
    assert.ok(one.length < 1_200_000, `a page of one figure takes ${one.length} characters`);
  });

  it("leaves Plotly out when no figure draws with it", () => {
    assert.ok(page({ title: "Table", sections: [{ bundle: table }] }).length < 100_000);
  });

  it("refers to nothing outside itself", () => {
    const html = page({ title: "One", sections: [{ heading: "Map", bundle: map }] });
    const addresses = [...html.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    assert.ok(addresses.length > 0);
    for (const address of addresses) assert.match(address, /^(data:|#)/);
    assert.doesNotMatch(html, /@import|url\((?!["']?data:)/);
  });

  it("escapes its own texts and parts paragraphs at empty lines", () => {
    const html = page({ title: "<i>", intro: "a <b>\n\nb", sections: [{ heading: "<u>", text: "&" }], footer: "<s>" });
    assert.match(html, /<title>&lt;i&gt;<\/title>/);
    assert.match(html, /<p class="pl-intro">a &lt;b&gt;<\/p><p class="pl-intro">b<\/p>/);
    assert.doesNotMatch(html, /<[ibus]>/);
  });

  it("takes a bundle that went through JSON", () => {
    const read = JSON.parse(JSON.stringify(map)) as MimeBundle;
    assert.equal(page({ title: "x", sections: [{ bundle: read }] }), page({ title: "x", sections: [{ bundle: map }] }));
  });
});

describe("the page's script", () => {
  const script = readFileSync(projectFile("dist/widgets/page/page.js"), "utf8");

  it("cannot end its own element", () => {
    assert.doesNotMatch(script, /<\/script|<!--/i);
  });

  it("stays small enough to come with every output", () => {
    assert.ok(script.length < 40_000, `${script.length} characters`);
  });
});
