/** A notebook open in JupyterLab, driven as a reader does: by keys, clicks and what is on the screen. */
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";

const executed = /^\[\d+\]:$/;
const patience = 60_000;

export class LabPage {
  readonly page: Page;
  readonly #notebook: string;

  /** @param notebook the file of the notebook that the page shows */
  constructor(page: Page, notebook: string) {
    this.page = page;
    this.#notebook = notebook;
  }

  get cells(): Locator {
    return this.page.locator(".jp-Notebook .jp-Cell");
  }

  /** Waits for every cell of the notebook to be drawn and its kernel to have answered. */
  async ready(): Promise<void> {
    await this.page.locator(".jp-StatusBar-TextItem", { hasText: /\| Idle$/ }).waitFor({ timeout: patience });
    // those out of view join the others one by one while the page is idle, and until then have no place in `cells`
    const saved = await this.#savedCells();
    await this.cells.nth(saved - 1).waitFor({ state: "attached", timeout: patience });
  }

  /** Saves the notebook, and loads its page anew. */
  async reload(): Promise<void> {
    await this.page.keyboard.press("Control+s");
    await this.page.locator(".lm-TabBar-tab.jp-mod-current:not(.jp-mod-dirty)").first().waitFor();
    await this.page.reload();
    await this.ready();
  }

  /** How many cells the notebook's file holds. */
  async #savedCells(): Promise<number> {
    const { cells } = JSON.parse(await readFile(this.#notebook, "utf8")) as { cells: unknown[] };
    return cells.length;
  }

  async choose(menu: string, item: string): Promise<void> {
    await this.page.getByRole("menuitem", { name: menu, exact: true }).click();
    await this.page.locator(".lm-Menu-itemLabel", { hasText: new RegExp(`^${item}$`) }).click();
  }

  /** Runs every cell, and waits until the last one is done. */
  async runAll(): Promise<void> {
    await this.choose("Run", "Run All Cells");
    await this.page.waitForFunction(
      (selector) => {
        const prompts = Array.from(document.querySelectorAll(selector));
        return prompts.every(({ textContent }) => /^\[\d+\]:$/.test(textContent ?? ""));
      },
      ".jp-Notebook .jp-CodeCell .jp-InputPrompt",
      { timeout: patience },
    );
  }

  /** Writes a new cell at the notebook's end, without running it. */
  async write(code: string): Promise<LabCell> {
    const count = await this.cells.count();
    await this.cells.last().locator(".jp-InputPrompt").click();
    await this.page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="insert"] jp-button').click();
    const cell = this.cells.nth(count);
    // the new cell is the active one: nothing is written into another
    await cell.and(this.page.locator(".jp-mod-active")).waitFor();
    await cell.locator(".cm-content").click();
    await this.page.keyboard.insertText(code);
    return new LabCell(this.page, cell);
  }

  /** Writes a new cell, runs it, and does not wait for it. */
  async start(code: string): Promise<LabCell> {
    const cell = await this.write(code);
    await this.page.keyboard.press("Control+Enter");
    return cell;
  }

  /** Writes a new cell, runs it and waits until it is done. */
  async run(code: string): Promise<LabCell> {
    const cell = await this.start(code);
    await cell.done();
    return cell;
  }
}

export class LabCell {
  readonly #page: Page;
  readonly cell: Locator;

  constructor(page: Page, cell: Locator) {
    this.#page = page;
    this.cell = cell;
  }

  get output(): Locator {
    return this.cell.locator(".jp-OutputArea-output");
  }

  async done(): Promise<void> {
    await this.cell.locator(".jp-InputPrompt", { hasText: executed }).waitFor({ timeout: patience });
  }

  /** Waits until the cell is marked as running. */
  async running(): Promise<void> {
    await this.cell.locator(".jp-InputPrompt", { hasText: "[*]:" }).waitFor({ timeout: patience });
  }

  /** All that it shows, as text. */
  async text(): Promise<string> {
    return (await this.output.allInnerTexts()).join("\n").trim();
  }

  async select(): Promise<void> {
    await this.cell.locator(".jp-InputPrompt").click();
    await this.#page.keyboard.press("Escape");
  }
}
