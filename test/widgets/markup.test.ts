import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { escapeHtml, escapeJson, escapeXml, fold, inSequence, pathFromHere, shortName } from "#dist/widgets/markup.js";

describe("escapeHtml(text)", () => {
  it("leaves nothing that can open a tag or end an attribute", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[<>"']/.test(escapeHtml(text))));
  });

  it("keeps what a browser reads back", () => {
    assert.equal(escapeHtml(`<b a="1">'&'`), "&lt;b a=&quot;1&quot;&gt;&#39;&amp;&#39;");
  });
});

describe("pathFromHere(path)", () => {
  it("writes paths near the working folder from there, and leaves far ones and names as they are", () => {
    const here = process.cwd();
    assert.equal(pathFromHere(join(here, "images", "a.jpg")), join("images", "a.jpg"));
    assert.equal(pathFromHere(join(here, "..", "b.jpg")), join("..", "b.jpg"));
    for (const same of ["/x/c.jpg", "d.jpg", "picture 3", here]) assert.equal(pathFromHere(same), same);
  });
});

describe("escapeXml(text)", () => {
  it("leaves only what XML 1.0 allows, and that in its place", () => {
    const outside = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]|[<>"']/u;
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !outside.test(escapeXml(text))));
    assert.equal(escapeXml("a\0b\x1bc\uffffd\ud83de😀\t<"), "a\ufffdb\ufffdc\ufffdd\ufffde😀\t&lt;");
  });
});

describe("escapeJson(value)", () => {
  it("gives the value back and cannot end a script", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = escapeJson(value);
        assert.ok(!/[<\u2028\u2029]/.test(text));
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      }),
    );
    assert.equal(escapeJson("</script>\u2028"), '"\\u003c/script>\\u2028"');
  });
});

describe("fold(items, open)", () => {
  it("keeps every item, and folds only three or more", () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(10), (n, open) => {
        const items = Array.from({ length: n }, (_, i) => `<i>${i}</i>`);
        const html = fold(items, open, inSequence, (rest) => `${rest} more`);
        assert.equal(html.match(/<i>/g)?.length ?? 0, n);
        assert.equal(html.includes("<details"), n - open > 2);
      }),
    );
  });
});

describe("shortName(name)", () => {
  it("drops folders of either kind", () => {
    assert.equal(shortName("a/b c/d.jpg"), "d.jpg");
    assert.equal(shortName("C:\\a\\d.jpg"), "d.jpg");
    assert.equal(shortName("picture 3"), "picture 3");
  });
});
