/** The page that `npm start` leaves, made as a newcomer makes it and opened as they open it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { testBrowser, type WatchedPage } from "../support/chromium.js";
import { projectFile } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";

const point = ".pl-plot .points path";

async function hoverAll({ page }: WatchedPage, most: number): Promise<string[]> {
  const seen = new Set<string>();
  for (const mark of (await page.locator(point).all()).slice(0, most)) {
    const box = await mark.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 2 });
    await page.locator(".pl-tip").waitFor({ state: "visible" });
    seen.add((await page.locator(".pl-tip-name").textContent()) ?? "");
  }
  return [...seen];
}

describe("the quickstart page", () => {
  const folder = temporaryFolder();
  const browser = testBrowser();
  let path: string;
  before(() => {
    path = join(folder(), "quick start.html");
    const { status, stderr } = spawnSync(process.execPath, [projectFile("dist/cli/main.js"), "demo", "--out", path], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
  });

  it("is one file below 8 MB that refers to no other", () => {
    assert.ok(statSync(path).size < 8e6);
    assert.doesNotMatch(readFileSync(path, "utf8"), /(src|href)="(?!#|data:)/);
  });

  it("opens from disk with three living figures, no request and no error", async () => {
    const watched = await browser.open(pathToFileURL(path).href, { viewport: { width: 1200, height: 900 } });
    await watched.page.waitForSelector(point);
    assert.equal(await watched.page.locator("figure[data-ready]").count(), 3);
    await watched.page.locator(".pl-map").scrollIntoViewIfNeeded();
    const names = await hoverAll(watched, 3);
    assert.ok(names.length > 0 && names.every((name) => /^[a-z-]+-\d+\.jpg$/.test(name)), names.join());
    assert.deepEqual([watched.requests, watched.errors], [[], []]);
    await watched.page.context().close();
  });

  it("has its like in the stored notebook, whose figures live when all its outputs stand on one page", async () => {
    const notebook = JSON.parse(readFileSync(projectFile("notebooks/01-quickstart.ipynb"), "utf8"));
    const outputs: { data?: Record<string, string[]> }[] = notebook.cells.flatMap(
      (cell: { outputs?: object[] }) => cell.outputs ?? [],
    );
    const html = outputs.flatMap(({ data }) => (data?.["text/html"] ? [data["text/html"].join("")] : []));
    const page = join(folder(), "notebook.html");
    writeFileSync(page, `<!doctype html><meta charset="utf-8"><body>${html.join("<hr>")}</body>`);
    const watched = await browser.open(pathToFileURL(page).href);
    await watched.page.waitForSelector(point);
    assert.equal(await watched.page.locator("figure[data-ready]").count(), html.length);
    assert.deepEqual([watched.requests, watched.errors], [[], []]);
    await watched.page.context().close();
  });
});
