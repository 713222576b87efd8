import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { createCellFunctions } from "#dist/kernel/values/cell-functions.js";
import { toDisplayData } from "#dist/kernel/values/display-data.js";
import { testBrowser } from "../../support/chromium.js";
import { temporaryFolder } from "../../support/temporary.js";

const matrix = { data: Float32Array.from({ length: 40 * 30 }, (_, i) => Math.sin(i) * i), rows: 40, cols: 30 };
const table = Array.from({ length: 50 }, (_, i) => ({
  id: i,
  name: `<i>item</i> ${i}`,
  note: "long text ".repeat(20),
  more: "x".repeat(90),
}));
const long = Array.from({ length: 80 }, (_, i) => `line ${i + 1} </pre>`).join("\n");

function html(value: unknown): string {
  return String((toDisplayData(value) as Record<string, unknown>)["text/html"]);
}

function bar(): string {
  const shown: string[] = [];
  const { functions } = createCellFunctions(
    (event) => event.type === "display" && shown.push(String(event.data["text/html"])),
  );
  functions.progress(4, { label: "reading" }).tick();
  functions.progress(4, { label: "reading" }).set(4);
  return shown.at(-1)!;
}

/** A notebook's page has rules for tables that are hard to overrule. */
const notebookRules =
  ".a:not(.b).c td, .a:not(.b).c th { text-align: center; padding: 20px; background: red; max-width: 9px }";

function page(scheme: "light" | "dark"): string {
  const colours = scheme === "light" ? "color: #1c1d1f; background: #fff" : "color: #eceef0; background: #111";
  const outputs = [html(matrix), html(table), html(long), bar()].map((output) => `<div class="a c">${output}</div>`);
  return `<!doctype html><meta charset="utf-8"><style>body { ${colours}; margin: 16px } ${notebookRules}</style>${outputs.join("<hr>")}`;
}

describe("values in a page of 700 pixels", () => {
  const browser = testBrowser();
  const folder = temporaryFolder();

  async function open(scheme: "light" | "dark"): Promise<Page> {
    const file = join(folder(), `${scheme}.html`);
    writeFileSync(file, page(scheme));
    const {
      page: opened,
      errors,
      requests,
    } = await browser.open(pathToFileURL(file).href, { viewport: { width: 700, height: 900 }, colorScheme: scheme });
    assert.deepEqual([errors, requests], [[], []]);
    return opened;
  }

  it("stay within the page, wide tables scrolling by themselves, whatever the notebook's rules for tables", async () => {
    const opened = await open("light");
    const widths = await opened.evaluate(() => [
      document.documentElement.scrollWidth,
      document.querySelectorAll(".pl-scroll")[1]!.scrollWidth,
    ]);
    assert.ok(widths[0]! <= 700 && widths[1]! > 700, `${widths}`);
    const style = await opened.evaluate(() => {
      const { textAlign, backgroundColor, paddingLeft } = getComputedStyle(
        document.querySelectorAll(".pl-scroll")[1]!.querySelector("td:nth-child(3)")!,
      );
      return { textAlign, backgroundColor, paddingLeft };
    });
    assert.deepEqual(style, { textAlign: "left", backgroundColor: "rgba(0, 0, 0, 0)", paddingLeft: "0px" });
  });

  it("show markup of the user's as text, and unfold the lines that are hidden", async () => {
    const opened = await open("light");
    assert.equal(await opened.locator("i").count(), 0);
    assert.equal(await opened.getByText("<i>item</i> 3", { exact: true }).count(), 1);
    const last = opened.getByText("line 80 </pre>");
    assert.equal(await last.isVisible(), false);
    await opened.getByText("show all 80 lines").click();
    assert.equal(await last.isVisible(), true);
  });

  for (const scheme of ["light", "dark"] as const) {
    it(`read well on a ${scheme} page: what is muted keeps a contrast of 4.5`, async () => {
      const opened = await open(scheme);
      const muted = ["thead th", "tbody th", ".pl-gap td", ".pl-note", "summary", "[role=progressbar] + span"];
      for (const { selector, text, ground } of await opened.evaluate(blended, muted)) {
        assert.ok(contrast(text, ground) >= 4.5, `${selector}: ${contrast(text, ground)}`);
      }
    });
  }
});

/** What is seen of a text's colour on the page's, the opacity of all around it taken in; runs in the page. */
function blended(selectors: readonly string[]): { selector: string; text: number[]; ground: number[] }[] {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  return selectors.map((selector) => {
    const element = document.querySelector(selector)!;
    let opacity = 1;
    for (let at: Element | null = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    context.globalAlpha = 1;
    context.fillStyle = getComputedStyle(document.body).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    const ground = [...context.getImageData(0, 0, 1, 1).data];
    context.globalAlpha = opacity;
    context.fillStyle = getComputedStyle(element).color;
    context.fillRect(0, 0, 1, 1);
    return { selector, text: [...context.getImageData(0, 0, 1, 1).data], ground };
  });
}

/** Luminance relative to white, as WCAG 2 defines it. */
function luminance(channels: readonly number[]): number {
  const [r, g, b] = channels.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}
