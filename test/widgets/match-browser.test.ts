import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { matchFigure, page, retrievalGrid, scoreTable } from "#dist/widgets/index.js";
import { testBrowser } from "../support/chromium.js";
import { temporaryFolder } from "../support/temporary.js";
import { madeMatch, madeRegionMatch, madeSearch } from "./results.js";

const ks = [1, 5, 10].map((k) => ({ k, value: 0.123 }));
const scores = { meanAveragePrecision: 0.5, precision: ks, recall: ks, queries: 100 };

describe("matches, explained hits and scores by label in Chromium", () => {
  const folder = temporaryFolder();
  const browser = testBrowser();
  let url: string;
  before(async () => {
    const path = join(folder(), "page.html");
    const [match, search] = [await madeMatch(), await madeSearch(1)];
    for (const hit of search.queries[0].hits) hit.percentile = 99.95;
    search.queries[0].hits[0].match = match;
    const byLabel = Array.from({ length: 20 }, (_, i) => ({ ...scores, label: `a kind of thing, number ${i}` }));
    const bundles = [
      await matchFigure(match),
      await matchFigure(await madeRegionMatch()),
      await retrievalGrid(search),
      await scoreTable({ ...scores, leftOut: 0, byLabel }),
    ];
    writeFileSync(path, page({ title: "All", sections: bundles.map((bundle) => ({ bundle })) }));
    url = pathToFileURL(path).href;
  });

  for (const [width, colorScheme] of [
    [700, "light"],
    [1200, "dark"],
  ] as const)
    it(`stand without a network, an error, a bar to scroll sideways or a broken number, ${width} pixels wide`, async () => {
      const watched = await browser.open(url, { viewport: { width, height: 900 }, colorScheme });
      const { page } = watched;
      assert.equal(await page.locator("figure.patchlab").count(), 4);
      assert.deepEqual([watched.requests, watched.errors], [[], []]);
      for (const summary of await page.locator("details > summary").all()) await summary.click();
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${beyond} pixels beyond the window`);
      const heights = await page
        .locator(".pl-labels tbody td")
        .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().height));
      assert.ok(heights.length > 100 && Math.max(...heights) < 60, `a line of ${Math.max(...heights)} pixels`);
      await page.context().close();
    });

  it("keep every number inside its picture and at its place", async () => {
    const { page } = await browser.open(url, { viewport: { width: 1200, height: 900 } });
    const marks = await page.locator(".pl-body > .pl-match .pl-marks > b").evaluateAll((all) =>
      all.map((mark) => {
        const [own, tile] = [mark, mark.closest(".pl-fit") as Element].map((element) =>
          element.getBoundingClientRect().toJSON(),
        );
        const { style } = mark as HTMLElement;
        return {
          own,
          tile,
          shares: ["--pl-x", "--pl-y"].map((name) => Number.parseFloat(style.getPropertyValue(name)) / 100),
        };
      }),
    );
    assert.ok(marks.length >= 6);
    for (const { own, tile, shares } of marks) {
      const wanted = (share: number, length: number): number => Math.min(length - 11, Math.max(11, share * length));
      const across = own.x + 11 - tile.x - wanted(shares[0], tile.width);
      const down = own.y + 11 - tile.y - wanted(shares[1], tile.height);
      assert.ok(Math.hypot(across, down) < 1, `${across}, ${down} pixels off`);
    }
    await page.context().close();
  });

  it("show why a hit was found only when asked", async () => {
    const { page } = await browser.open(url, { viewport: { width: 1200, height: 900 } });
    const why = page.locator(".pl-why .pl-match");
    assert.equal(await why.isVisible(), false);
    await page.locator(".pl-why > summary").press("Enter");
    assert.equal(await why.isVisible(), true);
    await page.context().close();
  });
});
