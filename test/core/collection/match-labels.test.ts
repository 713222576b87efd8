import assert from "node:assert/strict";
import { mkdir, realpath, symlink } from "node:fs/promises";
import { join } from "node:path";
import { matchLabels } from "#dist/core/collection/match-labels.js";
import { parseLabelTable } from "#dist/core/interchange/label-table.js";
import { temporaryFolder } from "../../support/temporary.js";

const composed = "caf\u00e9.jpg";
const decomposed = "cafe\u0301.jpg";

/** The labels that a text gives to pictures. */
function matched(text: string, pictures: string[], options = {}, path = "/lists/labels.csv") {
  return matchLabels(parseLabelTable(path, `file,label\n${text}`), pictures, options);
}

describe("matchLabels", () => {
  const folder = temporaryFolder();

  it("finds pictures by whole path, from the table's folder, from the folders given, and by the end of the path", () => {
    const pictures = ["/lists/in/a.jpg", "/photos/cats/a.jpg", "/photos/dogs/b.jpg", "/elsewhere/birds/c.jpg"];
    for (const [text, place] of [
      ["/photos/cats/a.jpg,x", 1],
      ["/photos/./dogs/../cats/a.jpg,x", 1],
      ["in/a.jpg,x", 0],
      ["../photos/dogs/b.jpg,x", 2],
      ["cats/a.jpg,x", 1],
      ["cats\\a.jpg,x", 1],
      ["birds/c.jpg,x", 3],
      ["c.jpg,x", 3],
    ] as const) {
      const { labels, problems } = matched(`${text}\n`, pictures, { folders: ["/photos"] });
      assert.equal(labels.indexOf("x"), place, text);
      assert.deepEqual(problems, []);
    }
  });

  it("takes the table's folder before others, and a whole path before the end of one", () => {
    const pictures = ["/photos/a.jpg", "/lists/a.jpg", "/lists/deeper/a.jpg"];
    assert.deepEqual(matched("a.jpg,x\n", pictures, { folders: ["/photos"] }).labels, [undefined, "x", undefined]);
  });

  it("does not take a picture in another folder for one that is named with its folder", () => {
    const { labels, problems } = matched("cats/a.jpg,cat\n/cats/b.jpg,cat\n", ["/photos/dogs/a.jpg", "/photos/b.jpg"]);
    assert.deepEqual(labels, [undefined, undefined]);
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ["no such picture", "no such picture"],
    );
  });

  it("takes names in either form of Unicode, and tells two files apart that differ in it alone", () => {
    assert.deepEqual(matched(`${decomposed},x\n`, [`/photos/${composed}`]).labels, ["x"]);
    assert.deepEqual(matched(`${composed},x\n`, [`/photos/${decomposed}`]).labels, ["x"]);
    const both = [`/lists/${composed}`, `/lists/${decomposed}`];
    assert.deepEqual(matched(`${decomposed},d\n${composed},c\n`, both).labels, ["c", "d"]);
    const below = [`/photos/${composed}`, `/photos/${decomposed}`];
    assert.deepEqual(matched(`${decomposed},d\n${composed},c\n`, below).labels, ["c", "d"]);
  });

  it("finds a picture through a link to its folder", async () => {
    const real = join(await realpath(folder()), "real");
    await mkdir(real);
    await symlink(real, join(folder(), "link"));
    const table = join(folder(), "labels.csv");
    for (const name of ["link/a.jpg", join(folder(), "link", "a.jpg")])
      assert.deepEqual(matched(`${name},x\n`, [join(real, "a.jpg")], {}, table).labels, ["x"]);
  });

  it("reports every row that labels nothing, by line and reason, and every picture without a label", () => {
    const pictures = ["/p/a/1.jpg", "/p/b/1.jpg", "/p/2.jpg", "/p/3.jpg", "/p/4.jpg", "/p/5.jpg"];
    const text = "1.jpg,cat\n2.jpg,cat\n2.jpg,dog\n3.jpg,\nnone.jpg,cat\nbad.jpg,cat\n4.jpg,cat\n4.jpg,cat\nx\n,y\n";
    const { labels, problems, unlabelled, matched: count } = matched(text, pictures, { unreadable: ["/p/bad.jpg"] });
    assert.deepEqual(labels, [undefined, undefined, undefined, undefined, "cat", undefined]);
    assert.deepEqual(unlabelled, [0, 1, 2, 3, 5]);
    assert.equal(count, 1);
    assert.deepEqual(
      problems.map(({ line, kind, file }) => [line, kind, file]),
      [
        [2, "several pictures", "1.jpg"],
        [3, "two labels", "2.jpg"],
        [4, "two labels", "2.jpg"],
        [5, "empty label", "3.jpg"],
        [6, "no such picture", "none.jpg"],
        [7, "unreadable picture", "bad.jpg"],
        [10, "malformed row", undefined],
        [11, "malformed row", undefined],
      ],
    );
    assert.match(problems[0].problem, /2 pictures are called: \/p\/a\/1\.jpg, \/p\/b\/1\.jpg/);
    assert.match(problems[1].problem, /"cat" in line 3, "dog" in line 4/);
  });
});
