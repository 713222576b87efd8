/** The notebook kernel in JupyterLab in a real browser: what a reader sees and does. Pictures of it go to out/lab. */
import assert from "node:assert/strict";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { testBrowser, type WatchedPage } from "../support/chromium.js";
import { projectFile } from "../support/fixtures.js";
import { jupyterPython } from "../support/jupyter.js";
import { type LabServer, startLab } from "../support/jupyterlab.js";
import { LabPage } from "../support/lab-page.js";
import { temporaryFolder } from "../support/temporary.js";

const pictures = projectFile("out/lab");
const notebook = "notebooks/01-quickstart.ipynb";

describe("the quickstart in JupyterLab", function () {
  this.timeout(120_000);
  let server: LabServer;
  const python = jupyterPython();
  const browser = testBrowser();
  after(() => server?.close());
  // the last to go: the page and the server write into it as long as they are there
  const folder = temporaryFolder();
  let watched: WatchedPage;
  let page: Page;
  let lab: LabPage;

  before(async () => {
    await mkdir(pictures, { recursive: true });
    for (const name of ["notebooks", "images"])
      await cp(projectFile(name), join(folder(), "work", name), { recursive: true });
    await mkdir(join(folder(), "home"));
    server = await startLab(python(), join(folder(), "home"), join(folder(), "work"));
    watched = await browser.open(server.url(notebook), {
      origin: server.origin,
      viewport: { width: 1280, height: 900 },
    });
    page = watched.page;
    lab = new LabPage(page, join(folder(), "work", notebook));
    await lab.ready();
  });

  afterEach(async function () {
    const name = this.currentTest!.title.replaceAll(/[^a-z]+/gi, "-");
    await page?.screenshot({ path: join(pictures, `${name}.png`) });
  });

  it("runs from top to bottom without an error, and draws maps, grid and embedding map", async () => {
    await lab.runAll();
    const layers = page.locator("canvas.pl-layer");
    await page.waitForFunction(() => document.querySelectorAll("canvas.pl-layer").length === 12);
    const counts = await Promise.all((await layers.all()).map(colours));
    assert.equal(counts.filter((count) => count > 10).length, 6, `colours of the six masks and maps: ${counts}`);
    const grid = page.locator("figure", { has: page.locator("img") }).first();
    assert.ok(await grid.isVisible());
    await page.locator(".pl-map .pl-pictures-layer").first().waitFor();
    assert.equal(await page.locator(".pl-map .points path").count(), 126);
    // errors come under the same type
    assert.equal(await page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count(), 0);
    assert.deepEqual(watched.errors, []);
  });

  it("shows the picture of the point under the pointer", async () => {
    const map = page.locator(".pl-map").first();
    await map.scrollIntoViewIfNeeded();
    const point = map.locator(".points path").nth(40);
    await point.hover({ force: true });
    const tip = map.locator(".pl-tip");
    await tip.waitFor({ state: "visible" });
    assert.match((await tip.locator(".pl-tip-name").textContent()) ?? "", /\.jpg$/);
    assert.ok((await colours(tip.locator("canvas"))) > 50, "the tooltip has no picture");
  });

  it("recomputes a patch map in the kernel when its slider moves, by pointer or by keys", async () => {
    const shown = await lab.run("const slid = await show(dressMap, { patches });");
    const slider = shown.cell.locator(".pl-slider input");
    const colours = shown.cell.locator('canvas[data-layer="parts"]').first();
    // before its line has come, a figure moves by itself and then takes the kernel's threshold
    await shown.cell.locator("figure[data-connected]").waitFor();
    await shown.cell.locator(".pl-histogram .main-svg").first().waitFor();
    const before = await picture(colours);
    await slider.scrollIntoViewIfNeeded();
    const { width, height } = (await slider.boundingBox())!;
    await slider.click({ position: { x: 0.7 * width, y: height / 2 } });
    const clicked = Number(await slider.inputValue());
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
    const wanted = Number(await slider.inputValue());
    assert.ok(Math.abs(wanted - clicked - 0.02) < 1e-9, `four steps led from ${clicked} to ${wanted}`);
    assert.notEqual(await picture(colours), before);
    const known = await lab.run("const { threshold, foregroundShare } = await slid.map;\n[threshold, foregroundShare]");
    const [threshold, share] = JSON.parse(await known.text()) as [number, number];
    assert.equal(threshold, wanted);
    assert.match(await textOf(shown.cell.locator(".pl-share")), new RegExp(`\\b${Math.round(100 * share)} ?%`));
  });

  it("moves the slider when a cell sets the threshold", async () => {
    await lab.run("slid.threshold = 0.25;");
    await page.waitForFunction(() =>
      Array.from(document.querySelectorAll<HTMLInputElement>(".pl-slider input")).some(
        (one) => one.valueAsNumber === 0.25,
      ),
    );
  });

  it("knows in the next cell which points a lasso has selected", async () => {
    const shown = await lab.run("const view = await show(projection);");
    const map = shown.cell.locator(".pl-map");
    await shown.cell.locator(".pl-select").click();
    await map.scrollIntoViewIfNeeded();
    await lasso(page, map);
    const words = shown.cell.locator(".pl-selected");
    await words.waitFor({ state: "visible" });
    const selected = Number(/^(\d+) of 126/.exec(await textOf(words))?.[1]);
    assert.ok(selected > 3 && selected < 126, `${selected} are selected`);
    const known = await lab.run("view.selection.length");
    assert.equal(await known.text(), String(selected));
    assert.deepEqual(watched.errors, []);
  });

  /** How many points of the second map are selected, as the page says it. */
  const selected = (words: RegExp): Locator => page.locator(".pl-selected", { hasText: words });

  it("finds figures and kernel together again when the page is loaded anew", async () => {
    const before = await textOf(selected(/^\d+ of 126/));
    await lab.reload();
    await selected(new RegExp(`^${before}$`)).waitFor();
    await lab.run("view.selection = [0, 1, 2];");
    await selected(/^3 of 126/).waitFor();
    assert.deepEqual(watched.errors, []);
  });

  it("finds them together also when a cell keeps the kernel from answering the new page", async () => {
    // a page waits 4 seconds for all widgets at once, and then asks for each
    await lab.start("for (const end = Date.now() + 12_000; Date.now() < end; );");
    await lab.reload();
    await selected(/^3 of 126/).waitFor();
    await lab.run("view.selection = [0, 1, 2, 3];");
    await selected(/^4 of 126/).waitFor();
    assert.deepEqual(watched.errors, []);
  });

  it("interrupts a loop by the keys i i and an endless wait by the toolbar, and keeps what was there", async () => {
    await lab.run("let kept = 41;");
    const loop = await lab.start("for (;;) kept = 42;");
    await loop.running();
    await page.waitForTimeout(300);
    await loop.select();
    await page.keyboard.press("i");
    await page.keyboard.press("i");
    await loop.done();
    assert.match(await loop.text(), /interrupt/i);
    const wait = await lab.start("await new Promise(() => {});");
    await wait.running();
    await page.waitForTimeout(300);
    await page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="interrupt"] jp-button').click();
    await wait.done();
    assert.match(await wait.text(), /interrupt/i);
    assert.equal(await (await lab.run("kept")).text(), "42");
  });

  it("shows an error in red, with the line of the cell that it comes from", async () => {
    const failed = await lab.run('const one = 1;\nconst two = 2;\nthrow new RangeError("on purpose");\n');
    const error = failed.output;
    assert.match(await textOf(error), /RangeError: on purpose/);
    assert.match(await textOf(error), /cell \[\d+\]:3/);
    assert.ok((await error.locator("[class*=ansi-red]").count()) > 0, "nothing is red");
    const wrong = await lab.run('const first = 1;\nconst second: number = "two";');
    assert.match(await wrong.text(), /:2:7\b/);
    assert.match(await wrong.text(), /not assignable to type 'number'/);
  });

  it("lists the members of a name after its dot, and inserts the chosen one", async () => {
    await lab.run("const palette = { amber: 1, azure: 2 };");
    const cell = await lab.write("palette.a");
    await page.keyboard.press("Tab");
    const list = page.locator(".jp-Completer");
    await list.waitFor({ state: "visible" });
    assert.deepEqual(
      (await list.locator(".jp-Completer-match").allInnerTexts()).map((text) => text.trim()),
      ["amber", "azure"],
    );
    await page.screenshot({ path: join(pictures, "completion.png") });
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+Enter");
    await cell.done();
    assert.equal(await cell.text(), "2");
  });

  it("tells about a name on Shift-Tab", async () => {
    await lab.write("patchMap");
    await page.keyboard.press("Shift+Tab");
    const told = page.locator(".jp-Tooltip");
    await told.waitFor({ state: "visible" });
    assert.match(await textOf(told), /function patchMap\(/);
    await page.screenshot({ path: join(pictures, "inspection.png") });
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Enter");
  });

  it("asks with prompt() in the notebook, and goes on with the answer", async () => {
    const asking = await lab.start('const name = prompt("Who are you?");\nconsole.log("hello " + name);');
    const box = asking.cell.locator(".jp-Stdin-input");
    await box.waitFor();
    assert.match(await textOf(asking.cell.locator(".jp-Stdin-prompt")), /Who are you\?/);
    await box.fill("Ada");
    await page.screenshot({ path: join(pictures, "prompt.png") });
    await box.press("Enter");
    await asking.done();
    assert.match(await asking.text(), /hello Ada/);
  });

  it("moves a progress bar in its place", async () => {
    const wait = "await new Promise((done) => setTimeout(done, 150));";
    const bar = await lab.start(`for (const i of progress([1, 2, 3, 4, 5, 6, 7, 8])) { ${wait} }`);
    const seen = new Set<string>();
    let over = false;
    const done = bar.done().finally(() => {
      over = true;
    });
    while (!over) {
      seen.add(await bar.text());
      await page.waitForTimeout(50);
    }
    await done;
    assert.match(await bar.text(), /\b8\b.*\b8\b/);
    assert.equal(await bar.output.count(), 1);
    assert.ok(seen.size > 3, `the bar showed only ${[...seen].join(" | ")}`);
  });

  it("forgets everything on a restart, and goes on", async () => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("0");
    await page.keyboard.press("0");
    await page.locator(".jp-Dialog .jp-mod-accept").click();
    await lab.ready();
    assert.match(await (await lab.run("kept")).text(), /Cannot find name 'kept'/);
    assert.equal(await (await lab.run("6 * 7")).text(), "42");
    assert.deepEqual(watched.errors, []);
  });
});

async function textOf(element: Locator): Promise<string> {
  return ((await element.textContent()) ?? "").trim();
}

/** How many colours a canvas shows, of some of its pixels. */
function colours(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
    const seen = new Set<number>();
    for (let i = 0; i < data.length; i += 4) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    return seen.size;
  });
}

function picture(canvas: Locator): Promise<string> {
  return canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
}

/** Draws around the lower left of a map, slowly enough for the page to follow. */
async function lasso(page: Page, map: Locator): Promise<void> {
  const { x, y, width, height } = (await map.boundingBox())!;
  const at = (across: number, down: number): [number, number] => [x + across * width, y + down * height];
  await page.mouse.move(...at(0.05, 0.3));
  await page.mouse.down();
  for (const corner of [at(0.6, 0.3), at(0.6, 0.95), at(0.05, 0.95), at(0.05, 0.32)])
    await page.mouse.move(...corner, { steps: 8 });
  await page.mouse.up();
}
