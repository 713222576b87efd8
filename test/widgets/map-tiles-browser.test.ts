import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { tokenNorms } from "#dist/core/features/token-norms.js";
import { attentionFigure, page, tokenNormsFigure } from "#dist/widgets/index.js";
import { testBrowser } from "../support/chromium.js";
import { temporaryFolder } from "../support/temporary.js";
import { madeAttention, madeTokens } from "./results.js";

describe("attention and token norms in Chromium", () => {
  const folder = temporaryFolder();
  const browser = testBrowser();
  let url: string;
  before(async () => {
    const path = join(folder(), "page.html");
    const [attention] = await madeAttention(1);
    const bundles = [
      await attentionFigure({ ...attention, whose: [[2, 5]] }),
      await tokenNormsFigure(tokenNorms(await madeTokens())),
    ];
    writeFileSync(path, page({ title: "All", sections: bundles.map((bundle) => ({ bundle })) }));
    url = pathToFileURL(path).href;
  });

  for (const [width, colorScheme] of [
    [700, "light"],
    [1200, "dark"],
  ] as const)
    it(`stand without a network, an error or a bar to scroll sideways, ${width} pixels wide`, async () => {
      const watched = await browser.open(url, { viewport: { width, height: 900 }, colorScheme });
      const { page } = watched;
      assert.equal(await page.locator("figure.patchlab").count(), 2);
      assert.deepEqual([watched.requests, watched.errors], [[], []]);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${beyond} pixels beyond the window`);
      await page.context().close();
    });

  it("lay maps over nothing but their tile, and outlines over their patches", async () => {
    const { page } = await browser.open(url, { viewport: { width: 1200, height: 900 } });
    const boxes = await page.evaluate(() =>
      Array.from(document.querySelectorAll(".pl-fit")).map((tile) =>
        [tile, ...Array.from(tile.children)].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [x, y, width, height].map(Math.round);
        }),
      ),
    );
    assert.equal(boxes.length, 9 + 6);
    for (const [tile, ...parts] of boxes) {
      assert.ok(tile[2] >= 60 && tile[3] >= 60, `a tile of ${tile[2]} x ${tile[3]} pixels`);
      assert.ok(parts.length > 0);
      for (const part of parts) assert.deepEqual(part, tile);
    }
    await page.context().close();
  });
});
