import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { codeFrame, type MarkedPlace } from "#dist/kernel/values/code-frame.js";

function frame(place: MarkedPlace): string {
  return stripVTControlCharacters(codeFrame(place).join("\n"));
}

const ten = Array.from({ length: 10 }, (_, i) => `line(${i + 1});`).join("\n");

describe("codeFrame(place)", () => {
  it("shows two lines on each side and marks the characters", () => {
    assert.equal(
      frame({ source: ten, line: 9, column: 6, length: 1 }),
      "   7 | line(7);\n   8 | line(8);\n>  9 | line(9);\n     |      ^\n  10 | line(10);",
    );
  });

  it("has no lines outside the source, and marks no characters past the line's end", () => {
    assert.equal(frame({ source: "a\nbc", line: 2, column: 2, length: 50 }), "  1 | a\n> 2 | bc\n    |  ^");
    assert.equal(frame({ source: "a", line: 1, column: 2 }), "> 1 | a\n    |  ^");
    assert.equal(frame({ source: "a", line: 2, column: 1 }), "");
    assert.equal(frame({ source: "a", line: 0, column: 1 }), "");
  });

  it("keeps tabs before the mark, so that it stands under its place", () => {
    assert.equal(frame({ source: "\ta\tbad", line: 1, column: 4, length: 3 }), "> 1 | \ta\tbad\n    | \t \t^^^");
  });

  it("cuts long lines around the place", () => {
    const shown = frame({
      source: `${"a".repeat(5_000)}BAD${"b".repeat(5_000)}`,
      line: 1,
      column: 5_001,
      length: 3,
    }).split("\n");
    assert.ok(shown.every((line) => line.length < 130));
    const at = shown[0]!.indexOf("BAD");
    assert.equal(shown[1]!.slice(at), "^^^");
  });

  it("marks the very characters of any place of any source", () => {
    const line = fc.string({ maxLength: 300 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), fc.nat(11), fc.nat(299), (lines, row, column) => {
        const i = row % lines.length;
        const j = column % Math.max(1, lines[i]!.length);
        const shown = codeFrame({ source: lines.join("\n"), line: i + 1, column: j + 1 }).map(plain);
        const marked = shown.findIndex((text) => text.startsWith(">"));
        const at = shown[marked + 1]!.indexOf("^");
        const character = shown[marked]![at] ?? " ";
        // a line's last spaces are not shown
        assert.equal(character, lines[i]![j] ?? " ", shown.join("\n"));
      }),
    );
  });
});

/** Without our two colour sequences; the source's own characters stay. */
function plain(text: string): string {
  return text.replaceAll("\u001b[31m", "").replaceAll("\u001b[39m", "");
}
