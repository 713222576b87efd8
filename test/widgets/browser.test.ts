import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Locator, Page } from "playwright-core";
import { withoutPlotly } from "#dist/widgets/assets.js";
import { embeddingMap, type MimeBundle, page, patchMapFigure, retrievalGrid } from "#dist/widgets/index.js";
import { testBrowser, type WatchedPage } from "../support/chromium.js";
import { temporaryFolder } from "../support/temporary.js";
import { madeProjection, madeSearch, shoeMap, shoePatches } from "./results.js";

const drawnMap = ".pl-map .pl-pictures-layer";
const drawnHistogram = ".pl-histogram .main-svg";

describe("figures in Chromium", () => {
  const folder = temporaryFolder();
  const browser = testBrowser();
  let map: MimeBundle;
  let patch: MimeBundle;
  let kept: MimeBundle;
  let grid: MimeBundle;
  before(async () => {
    map = await embeddingMap(await madeProjection());
    patch = await patchMapFigure(await shoeMap(), { patches: await shoePatches() });
    kept = await patchMapFigure(await shoeMap());
    grid = await retrievalGrid(await madeSearch());
  });

  async function open(html: string, options?: Parameters<typeof browser.open>[1]): Promise<WatchedPage> {
    const path = join(folder(), "page.html");
    writeFileSync(path, html);
    return browser.open(pathToFileURL(path).href, options);
  }

  const whole = (): string =>
    page({ title: "All", intro: "Intro", sections: [patch, grid, map].map((bundle) => ({ heading: "H", bundle })) });

  async function drawn({ page }: WatchedPage): Promise<void> {
    await page.waitForSelector(drawnMap);
    await page.waitForSelector(drawnHistogram);
  }

  it("draw without a network and without an error", async () => {
    const watched = await open(whole());
    await drawn(watched);
    assert.deepEqual([watched.requests, watched.errors], [[], []]);
    assert.equal(await watched.page.locator("figure[data-ready]").count(), 3);
    await watched.page.context().close();
  });

  it("show the picture, its name and its label under the pointer", async () => {
    const watched = await open(whole());
    await drawn(watched);
    const tip = watched.page.locator(".pl-tip");
    assert.equal(await tip.isVisible(), false);
    await watched.page.locator(".pl-map").scrollIntoViewIfNeeded();
    await hoverPoint(watched.page);
    await tip.waitFor({ state: "visible" });
    assert.match((await tip.locator(".pl-tip-name").textContent()) ?? "", /^(dress|hat|pants|shoes)-0\d\.jpg$/);
    assert.match((await tip.locator(".pl-tip-label").textContent()) ?? "", /^(dress|hat|pants|shoes)$/);
    assert.ok((await colours(tip.locator("canvas"))) > 50);
    await watched.page.context().close();
  });

  it("go from point to point by arrow keys and say where they are", async () => {
    const watched = await open(whole());
    await drawn(watched);
    await watched.page.locator(".pl-map").focus();
    const said = watched.page.locator(".pl-live");
    await watched.page.keyboard.press("ArrowRight");
    assert.match((await said.textContent()) ?? "", /^1 of 12: dress-01\.jpg, dress$/);
    await watched.page.keyboard.press("ArrowRight");
    assert.doesNotMatch((await said.textContent()) ?? "", /^1 of 12/);
    await watched.page.keyboard.press("Escape");
    assert.equal(await watched.page.locator(".pl-tip").isVisible(), false);
    await watched.page.context().close();
  });

  it("hide a label's points when its key is pressed, and bring them back", async () => {
    const watched = await open(whole());
    await drawn(watched);
    const key = watched.page.locator(".pl-key").first();
    const points = watched.page.locator(".pl-plot .points path");
    assert.equal(await points.count(), 12);
    await key.press("Enter");
    await watched.page.waitForFunction(() => document.querySelectorAll(".pl-plot .points path").length === 9);
    assert.equal(await key.getAttribute("aria-pressed"), "false");
    await key.press("Enter");
    await watched.page.waitForFunction(() => document.querySelectorAll(".pl-plot .points path").length === 12);
    await watched.page.context().close();
  });

  it("move foreground, colours and words with the threshold, and go back to the map as it was made", async () => {
    for (const bundle of [patch, kept]) {
      const watched = await open(page({ title: "Patch map", sections: [{ bundle }] }));
      await watched.page.waitForSelector(drawnHistogram);
      const slider = watched.page.locator(".pl-slider input");
      const canvases = watched.page.locator("canvas.pl-layer");
      assert.equal(await canvases.count(), 6);
      const [before, words] = [await contents(canvases), await watched.page.locator(".pl-share").textContent()];
      await slider.focus();
      for (let i = 0; i < 30; i++) await watched.page.keyboard.press("ArrowRight");
      await watched.page.waitForFunction((old) => document.querySelector(".pl-share")?.textContent !== old, words);
      const moved = await contents(canvases);
      moved.forEach((content, i) => {
        assert.notEqual(content, before[i]);
      });
      await watched.page.locator(".pl-reset").click();
      assert.deepEqual(await contents(canvases), before);
      assert.equal(await watched.page.locator(".pl-share").textContent(), words);
      assert.deepEqual(watched.errors, []);
      await watched.page.context().close();
    }
  });

  it("darken a patch map's background once, however late its still pictures are decoded", async () => {
    const late = `<script>
      const decode = HTMLImageElement.prototype.decode;
      HTMLImageElement.prototype.decode = function () {
        return decode.call(this).then(() => new Promise((done) => setTimeout(done, 1500)));
      };</script>`;
    const watched = await open(
      page({ title: "Late", sections: [{ bundle: patch }] }).replace("</title>", `</title>${late}`),
    );
    await watched.page.waitForSelector(drawnHistogram);
    await watched.page.waitForTimeout(2000);
    const darkest = await watched.page.locator('canvas[data-layer="dim"]').evaluateAll((canvases) =>
      canvases.map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const data = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
        return Math.max(...data);
      }),
    );
    assert.deepEqual(darkest, [189, 189, 189]);
    await watched.page.context().close();
  });

  it("draw twenty times on one page", async () => {
    const sections = Array.from({ length: 20 }, (_, i) => ({ bundle: [map, patch][i % 2] }));
    const watched = await open(page({ title: "Twenty", sections }));
    await watched.page.waitForFunction(
      ([a, b]) => document.querySelectorAll(a).length === 10 && document.querySelectorAll(b).length >= 10,
      [drawnMap, drawnHistogram],
    );
    assert.deepEqual([watched.requests, watched.errors], [[], []]);
    await watched.page.context().close();
  });

  it("fit 700 pixels without scrolling sideways", async () => {
    const watched = await open(whole(), { viewport: { width: 700, height: 900 } });
    await drawn(watched);
    assert.equal(await watched.page.evaluate(() => document.documentElement.scrollWidth), 700);
    await watched.page.context().close();
  });

  it("keep long names inside 700 pixels", async () => {
    const long = "n".repeat(180);
    const search = await madeSearch();
    for (const query of search.queries) {
      query.label = long;
      for (const hit of query.hits) hit.label = long;
    }
    const projection = await madeProjection();
    const labels = projection.points.data.slice(0, projection.points.rows);
    const figures = [
      await retrievalGrid(search),
      await embeddingMap(projection, { labels: Array.from(labels, () => long) }),
    ];
    const watched = await open(page({ title: long, sections: figures.map((bundle) => ({ heading: long, bundle })) }), {
      viewport: { width: 700, height: 900 },
    });
    await watched.page.waitForSelector(drawnMap);
    assert.equal(await watched.page.evaluate(() => document.documentElement.scrollWidth), 700);
    await watched.page.context().close();
  });

  it("follow the reader's dark setting, and a notebook's light theme before it", async () => {
    const watched = await open(whole(), { colorScheme: "dark" });
    await drawn(watched);
    assert.ok((await brightness(watched.page, "background-color")) < 60);
    assert.ok((await brightness(watched.page, "color")) > 200);
    await watched.page.evaluate(() => document.body.setAttribute("data-jp-theme-light", "true"));
    assert.ok((await brightness(watched.page, "background-color")) > 200);
    assert.ok((await brightness(watched.page, "color")) < 60);
    await watched.page.context().close();
  });

  it("wait for the Plotly that another output of the notebook brings", async () => {
    const html = `<!doctype html><meta charset="utf-8"><div>${withoutPlotly(map["text/html"])}</div>
      <div>${withoutPlotly(map["text/html"])}</div><div id="late"></div>`;
    const watched = await open(html);
    assert.equal(await watched.page.locator(".pl-map > svg").count(), 2);
    assert.equal(await watched.page.locator(drawnMap).count(), 0);
    await addOutput(watched.page, patch["text/html"]);
    await watched.page.waitForFunction((map) => document.querySelectorAll(map).length === 2, drawnMap);
    await watched.page.waitForSelector(drawnHistogram);
    assert.deepEqual(watched.errors, []);
    await watched.page.context().close();
  });
});

/** As notebooks do: the markup first, then each script made anew. */
async function addOutput(page: Page, html: string): Promise<void> {
  await page.evaluate((markup) => {
    const place = document.querySelector("#late") as HTMLElement;
    place.innerHTML = markup;
    for (const old of Array.from(place.querySelectorAll("script"))) {
      const script = document.createElement("script");
      for (const { name, value } of Array.from(old.attributes)) script.setAttribute(name, value);
      script.textContent = old.textContent;
      old.replaceWith(script);
    }
  }, html);
}

async function hoverPoint(page: Page): Promise<void> {
  const box = await page.locator(".pl-plot .points path").nth(4).boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width / 2 - 2, box.y + box.height / 2 - 2);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
}

function contents(canvases: Locator): Promise<string[]> {
  return canvases.evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
}

/** How many different colours a canvas shows. */
function colours(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const data = (element as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
    return new Set(new Uint32Array((data as Uint8ClampedArray).buffer)).size;
  });
}

/** Mean of red, green and blue of a colour of the figures' root. */
function brightness(page: Page, property: string): Promise<number> {
  return page.evaluate((name) => {
    const root = document.querySelector(".patchlab-root") as HTMLElement;
    const [r, g, b] = (
      getComputedStyle(root)
        .getPropertyValue(name)
        .match(/[\d.]+/g) ?? []
    ).map(Number);
    return (r + g + b) / 3;
  }, property);
}
