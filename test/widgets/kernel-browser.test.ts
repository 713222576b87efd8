/** Figures and the kernel behind them, in Chromium: what one does, the other knows. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { type PatchMap, patchMap } from "#dist/core/features/patch-map.js";
import type { Patches } from "#dist/core/numeric/matrix.js";
import { type EmbeddingMapView, type MimeBundle, type PatchMapView, show } from "#dist/widgets/index.js";
import { testBrowser, type WatchedPage } from "../support/chromium.js";
import { type FakeNotebook, fakeNotebook } from "../support/fake-comms.js";
import { joinPage } from "../support/page-model.js";
import { temporaryFolder } from "../support/temporary.js";
import { madeProjection, shoePatches } from "./results.js";

describe("figures with a kernel, in Chromium", () => {
  const folder = temporaryFolder();
  const browser = testBrowser();
  let notebook: FakeNotebook;
  let patches: Patches[];
  let map: PatchMap;
  let opened: WatchedPage | undefined;
  before(async () => {
    patches = await shoePatches();
    map = await patchMap(patches);
  });
  beforeEach(() => {
    notebook = fakeNotebook();
  });
  afterEach(async () => {
    notebook.remove();
    await opened?.page.context().close();
    opened = undefined;
  });

  /** A page that shows these outputs, one after the other. */
  async function open(bundles: readonly unknown[], options?: Parameters<typeof browser.open>[1]): Promise<Page> {
    const path = join(folder(), "page.html");
    const outputs = bundles.map((bundle) => `<div class="output">${(bundle as MimeBundle)["text/html"]}</div>`);
    writeFileSync(path, `<!doctype html><meta charset="utf-8">${outputs.join("")}`);
    opened = await browser.open(pathToFileURL(path).href, options);
    return opened.page;
  }

  const clean = (): void => assert.deepEqual([opened?.requests, opened?.errors], [[], []]);

  describe("a patch map", () => {
    let view: PatchMapView<PatchMap>;
    beforeEach(async () => {
      view = await show(map, { patches, plotly: true });
    });

    async function shown(): Promise<Page> {
      const page = await open(notebook.shown);
      await page.waitForSelector(".pl-histogram .main-svg");
      return page;
    }

    /** Bytes of the colours that each picture shows. */
    const colours = (page: Page): Promise<number[][]> =>
      page.locator('canvas[data-layer="parts"]').evaluateAll((canvases) =>
        canvases.map((canvas) => {
          const { width, height } = canvas as HTMLCanvasElement;
          return [...((canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data ?? [])];
        }),
      );

    /** As the map's colours are drawn: clear in the background. */
    const drawnColours = ({ maps }: PatchMap): number[][] =>
      maps.map(({ rgb, mask }) =>
        [...mask].flatMap((on, i) => (on ? [...rgb.subarray(3 * i, 3 * i + 3), 255] : [0, 0, 0, 0])),
      );

    it("tells the kernel where its slider stands, and shows the colours that the kernel computes", async () => {
      const page = await shown();
      await joinPage(page, notebook.lines[0]);
      await page.waitForSelector("figure[data-connected]");
      const slider = page.locator(".pl-slider input");
      await slider.focus();
      for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
      const at = Number(await slider.inputValue());
      await page.waitForFunction((words) => document.querySelector(".pl-value")?.textContent === words, at.toFixed(2));
      assert.equal(view.threshold, at);
      const expected = drawnColours(await view.map);
      await eventually(async () => assert.deepEqual(await colours(page), expected));
      await page.locator(".pl-reset").click();
      await eventually(async () => assert.equal(view.threshold, map.threshold));
      assert.deepEqual(await colours(page), drawnColours(map));
      clean();
    });

    it("follows the threshold that a cell sets, as exactly as it was set", async () => {
      const page = await shown();
      await joinPage(page, notebook.lines[0]);
      view.threshold = 0.4321;
      const expected = drawnColours(await view.map);
      await eventually(async () => assert.deepEqual(await colours(page), expected));
      assert.equal(await page.locator(".pl-value").textContent(), "0.43");
      assert.equal(await page.locator(".pl-reset").isEnabled(), true);
      assert.equal(view.threshold, 0.4321);
      clean();
    });

    it("goes on by itself before its line comes and after it has gone", async () => {
      const page = await shown();
      const before = await colours(page);
      const press = async (): Promise<string | null> => {
        const words = await page.locator(".pl-share").textContent();
        await page.locator(".pl-slider input").press("ArrowRight");
        await page.locator(".pl-slider input").press("PageUp");
        await page.waitForFunction((old) => document.querySelector(".pl-share")?.textContent !== old, words);
        return page.locator(".pl-share").textContent();
      };
      await press();
      assert.notDeepEqual(await colours(page), before);
      assert.equal(view.threshold, map.threshold);
      await joinPage(page, notebook.lines[0]);
      await page.waitForSelector("figure[data-connected]");
      // the notebook's word counts
      await eventually(async () => assert.deepEqual(await colours(page), before));
      view.close();
      await page.waitForSelector("figure:not([data-connected])");
      await press();
      assert.notDeepEqual(await colours(page), before);
      assert.equal(view.threshold, map.threshold);
      clean();
    });

    it("finds its line and the map of now after its page was loaded again", async () => {
      view.threshold = 0.4;
      const expected = drawnColours(await view.map);
      const page = await shown();
      await joinPage(page, notebook.lines[0]);
      await eventually(async () => assert.deepEqual(await colours(page), expected));
      clean();
    });

    it("moves in both views of one output", async () => {
      const page = await open([notebook.shown[0], notebook.shown[0]]);
      await page.waitForFunction(() => document.querySelectorAll(".pl-histogram:has(.main-svg)").length === 2);
      await joinPage(page, notebook.lines[0]);
      await page.locator(".pl-slider input").first().press("PageUp");
      const slider = page.locator(".pl-slider input");
      await eventually(async () => assert.equal(Number(await slider.nth(1).inputValue()), view.threshold));
      assert.notEqual(view.threshold, map.threshold);
      const [a, b] = await page.locator(".pl-share").allTextContents();
      assert.equal(a, b);
      clean();
    });

    it("is found when its line came first, as where the output is drawn late", async () => {
      const page = await open([]);
      await joinPage(page, notebook.lines[0]);
      view.threshold = 0.4;
      const expected = drawnColours(await view.map);
      await page.evaluate(
        (markup) => {
          document.body.innerHTML = markup;
          for (const old of Array.from(document.querySelectorAll("script"))) {
            const script = document.createElement("script");
            for (const { name, value } of Array.from(old.attributes)) script.setAttribute(name, value);
            script.textContent = old.textContent;
            old.replaceWith(script);
          }
        },
        (notebook.shown[0] as unknown as MimeBundle)["text/html"],
      );
      await eventually(async () => assert.deepEqual(await colours(page), expected));
      clean();
    });
  });

  describe("an embedding map", () => {
    let view: EmbeddingMapView;
    beforeEach(async () => {
      view = await show(madeProjection(), { plotly: true });
    });

    async function shown(options?: Parameters<typeof browser.open>[1]): Promise<Page> {
      const page = await open(notebook.shown, options);
      await page.waitForSelector(".pl-map .pl-pictures-layer");
      return page;
    }

    /** Draws a loop around a part of the map, in shares of its box. */
    async function lasso(page: Page, left: number, top: number, right: number, bottom: number): Promise<void> {
      const box = (await page.locator(".pl-map").boundingBox())!;
      const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
      await page.mouse.move(...at(left, top));
      await page.mouse.down();
      for (const [x, y] of [
        [right, top],
        [right, bottom],
        [left, bottom],
        [left, top],
      ])
        await page.mouse.move(...at(x, y), { steps: 6 });
      await page.mouse.up();
    }

    /** Where a point lies on the screen. */
    const place = (page: Page, row: number): Promise<[number, number]> =>
      page.evaluate((point) => {
        const paths = Array.from(document.querySelectorAll<SVGPathElement>(".pl-plot .points path"));
        const { x, y, width, height } = paths[point].getBoundingClientRect();
        return [x + width / 2, y + height / 2];
      }, row);

    const marked = (page: Page): Promise<number> =>
      page.evaluate(
        () =>
          Array.from(document.querySelectorAll<SVGPathElement>(".pl-plot .points path")).filter(
            (path) => Number(path.style.opacity || 1) === 1,
          ).length,
      );

    it("has no tool that selects until the kernel is there", async () => {
      const page = await shown();
      assert.equal(await page.locator(".pl-select").isVisible(), false);
      await joinPage(page, notebook.lines[0]);
      await page.locator(".pl-select").waitFor({ state: "visible" });
      view.close();
      await page.locator(".pl-select").waitFor({ state: "hidden" });
      clean();
    });

    it("tells the kernel which points the reader draws around, and when none is left", async () => {
      const page = await shown();
      await joinPage(page, notebook.lines[0]);
      await page.locator(".pl-select").click();
      assert.equal(await page.locator(".pl-select").getAttribute("aria-pressed"), "true");
      await lasso(page, 0.02, 0.02, 0.5, 0.98);
      // groups of three: kinds 0 and 2 lie left
      await eventually(async () => assert.deepEqual([...view.selection], [0, 1, 2, 6, 7, 8]));
      assert.deepEqual([...new Set(view.selected.map(({ label }) => label))], ["dress", "pants"]);
      assert.equal(await page.locator(".pl-selected").textContent(), "6 of 12 selected");
      assert.equal(await marked(page), 6);
      const box = (await page.locator(".pl-map").boundingBox())!;
      await page.mouse.dblclick(box.x + 0.7 * box.width, box.y + box.height / 2);
      await eventually(async () => assert.equal(view.selection.length, 0));
      assert.equal(await page.locator(".pl-selected").isVisible(), false);
      assert.equal(await marked(page), 12);
      view.selection = [9];
      await page.keyboard.down("Shift");
      await lasso(page, 0.02, 0.02, 0.5, 0.5);
      await page.keyboard.up("Shift");
      await eventually(async () => assert.deepEqual([...view.selection], [6, 7, 8, 9]));
      clean();
    });

    it("selects the point that is clicked, more with Shift, and the current one by Enter", async () => {
      const page = await shown();
      await joinPage(page, notebook.lines[0]);
      await page.locator(".pl-select").waitFor({ state: "visible" });
      await page.mouse.click(...(await place(page, 4)));
      await eventually(async () => assert.deepEqual([...view.selection], [4]));
      // two clicks within Plotly's 300 ms would be a double-click
      await page.waitForTimeout(400);
      await page.keyboard.down("Shift");
      await page.mouse.click(...(await place(page, 9)));
      await eventually(async () => assert.deepEqual([...view.selection], [4, 9]));
      await page.waitForTimeout(400);
      await page.mouse.click(...(await place(page, 4)));
      await page.keyboard.up("Shift");
      await eventually(async () => assert.deepEqual([...view.selection], [9]));
      await page.locator(".pl-map").focus();
      await page.keyboard.press("Enter");
      await eventually(async () => assert.deepEqual([...view.selection], [4, 9]));
      clean();
    });

    it("marks the points that a cell selects", async () => {
      const page = await shown();
      await joinPage(page, notebook.lines[0]);
      view.selection = [1, 5, 11];
      await eventually(async () => assert.equal(await marked(page), 3));
      assert.equal(await page.locator(".pl-selected").textContent(), "3 of 12 selected");
      view.selection = [];
      await eventually(async () => assert.equal(await marked(page), 12));
      assert.equal(notebook.lines[0].sent.filter(({ data }) => data.method === "echo_update").length, 0);
      clean();
    });

    it("selects among the labels that are not hidden", async () => {
      const page = await shown();
      await joinPage(page, notebook.lines[0]);
      await page.locator(".pl-select").click();
      await page.locator(".pl-key").first().click();
      await page.waitForFunction(() => document.querySelectorAll(".pl-plot .points path").length === 9);
      await lasso(page, 0.02, 0.02, 0.5, 0.98);
      await eventually(async () => assert.deepEqual([...view.selection], [6, 7, 8]));
      clean();
    });
  });
});

/** Waits until an assertion holds, for at most some seconds. */
async function eventually(holds: () => unknown): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return void (await holds());
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}
