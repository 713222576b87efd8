import assert from "node:assert/strict";
import { foldedText } from "#dist/kernel/values/folded-text.js";

const lines = (n: number): string => Array.from({ length: n }, (_, i) => `line ${i + 1}`).join("\n");

describe("foldedText(text)", () => {
  it("leaves 30 lines as they are, and text with colours", () => {
    assert.equal(foldedText(lines(30)), undefined);
    assert.equal(foldedText(`\u001b[31m${lines(50)}`), undefined);
  });

  it("keeps 12 of 31 lines in sight and has the others in a details element, each line once", () => {
    const html = foldedText(lines(31))!;
    const [open, folded] = html.split("<details><summary>show all 31 lines</summary>");
    assert.match(open!, /line 12<\/pre>$/);
    assert.match(folded!, /^<pre>line 13\n[\s\S]*\nline 31<\/pre><\/details><\/div>$/);
  });

  it("unfolds 2,000 lines and says how many only the text has", () => {
    const html = foldedText(lines(2_500))!;
    assert.match(html, /show all 2,500 lines/);
    assert.match(html, /line 2000\n… 500 more lines, which the text form of this output has</);
    assert.doesNotMatch(html, /line 2001/);
  });

  it("escapes what the text holds", () => {
    assert.match(foldedText(`<b>"&'\n${lines(31)}`)!, /&lt;b&gt;&quot;&amp;&#39;/);
  });
});
