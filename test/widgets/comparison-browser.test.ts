import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import type { Comparison } from "#dist/core/compare/comparison.js";
import {
  classificationPage,
  comparisonFigure,
  comparisonPage,
  comparisonReport,
  type PageContent,
  page,
} from "#dist/widgets/index.js";
import { testBrowser, type WatchedPage } from "../support/chromium.js";
import { madeComparison, madeEpochs, madeLabelMistakes, oneFailed } from "../support/comparisons.js";
import { temporaryFolder } from "../support/temporary.js";

/** Of a colour such as "rgb(0, 114, 178)". @see WCAG 2.2 */
function luminance(colour: string): number {
  const [r, g, b] = (colour.match(/\d+/g) ?? []).map((part) => {
    const v = Number(part) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** What JupyterLab and nbconvert say of tables and lists in outputs. */
const jupyterStyle = `
  .jp-RenderedHTMLCommon :is(ul, ol):not(.list-inline) { padding-left: 2em; }
  .jp-RenderedHTMLCommon ul { list-style: disc; margin-bottom: 1em; }
  .jp-RenderedHTMLCommon table { table-layout: fixed; margin-left: auto; margin-right: auto; margin-bottom: 1em; }
  .jp-RenderedHTMLCommon :is(td, th, tr) { vertical-align: middle; padding: 0.5em; white-space: normal; max-width: none; }
  :not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon :is(td, th, tr) { text-align: right; }
  .jp-RenderedHTMLCommon th { font-weight: bold; }
  .jp-RenderedHTMLCommon tbody tr:nth-child(even) { background: #f5f5f5; }
  .jp-RenderedHTMLCommon tbody tr:hover { background: #e3f2fd; }`;

describe("figures of comparisons and classifiers in Chromium", () => {
  const folder = temporaryFolder();
  const browser = testBrowser();
  let made: Comparison;
  let compared: PageContent;
  let classified: PageContent;
  before(async () => {
    const long = "a-model-whose-name-is-longer-than-most/with-a-folder";
    made = await madeComparison({ perKind: 2, skills: { "dinov2-small": 3, [long]: 2, resnet50: 1 } });
    compared = await comparisonPage(made);
    classified = await classificationPage({
      ...{ report: made.entries[0].report, notes: { chosen: {}, epochs: madeEpochs() } },
      mistakes: madeLabelMistakes(made, 4),
    });
  });

  async function open(html: string, options?: Parameters<typeof browser.open>[1]): Promise<WatchedPage> {
    const path = join(folder(), "page.html");
    writeFileSync(path, html);
    return browser.open(pathToFileURL(path).href, options);
  }

  const sideways = (shown: Page): Promise<number> =>
    shown.evaluate(() => {
      const tables = Array.from(document.querySelectorAll(".pl-scroll"), (one) => one.scrollWidth - one.clientWidth);
      return Math.max(document.documentElement.scrollWidth - innerWidth, ...tables);
    });

  it("fit 700 pixels, light and dark, tables too, without a network and without an error", async () => {
    for (const content of [compared, classified])
      for (const colorScheme of ["light", "dark"] as const) {
        const watched = await open(page(content), { viewport: { width: 700, height: 900 }, colorScheme });
        assert.equal(await sideways(watched.page), 0);
        assert.deepEqual([watched.requests, watched.errors], [[], []]);
        await watched.page.context().close();
      }
  });

  it("lie in a notebook's output as they lie in a page, whatever it says of tables and lists", async () => {
    const figure = (await comparisonReport(made))["text/html"];
    const places = async (html: string): Promise<string[]> => {
      const watched = await open(html, { viewport: { width: 760, height: 900 } });
      const found = await watched.page.locator(".patchlab :is(td, th, tr, li, .pl-bar-share)").evaluateAll((parts) =>
        parts.map((part) => {
          const { left, width } = part.getBoundingClientRect();
          return `${part.tagName} ${Math.round(left)} ${Math.round(width)} ${getComputedStyle(part).backgroundColor}`;
        }),
      );
      await watched.page.context().close();
      return found;
    };
    const bare = await places(`<body style="margin:0">${figure}</body>`);
    const cell = `<style>${jupyterStyle}</style><body style="margin:0"><div class="jp-RenderedHTMLCommon">${figure}</div></body>`;
    assert.ok(bare.length > 30);
    assert.deepEqual(await places(cell), bare);
  });

  it("have their whiskers within the axis and where the interval lies", async () => {
    const watched = await open(page(compared), { viewport: { width: 700, height: 900 } });
    const shares = await watched.page.locator(".pl-bars .pl-bar-share").evaluateAll((bars) =>
      bars.flatMap((bar) => {
        const whisker = bar.querySelector(".pl-whisker")?.getBoundingClientRect();
        const { left, width } = bar.getBoundingClientRect();
        return whisker ? [[(whisker.left - left) / width, (whisker.right - left) / width]] : [];
      }),
    );
    const expected = made.heads.flatMap((head) =>
      made.entries.filter((entry) => entry.head === head).map(({ report }) => report.accuracy),
    );
    assert.equal(shares.length, expected.length);
    shares.forEach(([low, high], i) => {
      assert.ok(Math.abs(low - expected[i].low) < 0.01 && Math.abs(high - expected[i].high) < 0.02);
    });
    await watched.page.context().close();
  });

  it("show numbers on the heat table that stand out from their cell, light and dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const watched = await open(page(classified), { colorScheme });
      const colours = await watched.page.locator(".pl-confusion tbody td:not(:empty)").evaluateAll((cells) =>
        cells.map((cell) => {
          const { color, backgroundColor } = getComputedStyle(cell);
          return [color, backgroundColor];
        }),
      );
      const contrasts = colours.map((pair) => {
        const [less, more] = pair.map(luminance).sort((one, other) => one - other);
        return (more + 0.05) / (less + 0.05);
      });
      assert.ok(contrasts.length > 5);
      assert.ok(Math.min(...contrasts) > 4.5, `${Math.min(...contrasts)}`);
      await watched.page.context().close();
    }
  });

  it("put what broke a comparison above its table, in the largest words of the figure", async () => {
    const bundle = await comparisonFigure({ ...made, checks: oneFailed });
    const watched = await open(page({ title: "Broken", sections: [{ bundle }] }), { javaScriptEnabled: false });
    const [alarm, table] = await Promise.all(
      [".pl-broken > p:first-child", ".pl-bars"].map((selector) => watched.page.locator(selector).boundingBox()),
    );
    assert.ok(alarm && table && alarm.y + alarm.height < table.y);
    const sizes = await watched.page
      .locator("figure.patchlab :is(p, th, td, li, figcaption, .pl-heads)")
      .evaluateAll((all) => all.map((one) => Number.parseFloat(getComputedStyle(one).fontSize)));
    assert.equal(sizes.filter((size) => size === Math.max(...sizes)).length, 1);
    await watched.page.context().close();
  });

  it("unfold pictures by keyboard, with scripts off too", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const html = page({ title: "One", sections: [{ bundle: await comparisonReport(made) }] });
      const watched = await open(html, { javaScriptEnabled });
      const summary = watched.page.locator(".pl-part > summary").first();
      const pictures = watched.page.locator(".pl-one-right img").first();
      assert.equal(await pictures.isVisible(), false);
      // past what the checks found
      for (let i = 0; i < 2; i++) await watched.page.keyboard.press("Tab");
      assert.equal(await summary.evaluate((one) => one === document.activeElement), true);
      await watched.page.keyboard.press("Enter");
      assert.equal(await pictures.isVisible(), true);
      await watched.page.context().close();
    }
  });
});
