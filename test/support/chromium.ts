/** Chromium for tests of pages: found on this machine, without a network, every problem of the page recorded. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = "" } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  const folders = ["/usr/bin", ...PATH.split(delimiter).filter(Boolean)];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** A page under test and what went wrong on it. */
export interface WatchedPage {
  page: Page;
  /** requests for anything but files and data, all of which were refused */
  requests: string[];
  /** console errors and uncaught exceptions */
  errors: string[];
}

export interface WatchOptions extends BrowserContextOptions {
  /** a server that the page may ask, such as `http://127.0.0.1:8888` */
  origin?: string;
}

export interface TestBrowser {
  open(url: string, options?: WatchOptions): Promise<WatchedPage>;
}

/**
 * Call inside `describe`: starts Chromium before its tests and closes it after them. Without Chromium the tests are
 * skipped, but fail where CI is set.
 */
export function testBrowser(): TestBrowser {
  let browser: Browser | undefined;
  before(async function () {
    const executablePath = findChromium();
    if (!executablePath) {
      const message = "no Chromium was found: install it or set CHROMIUM_PATH to its file";
      if (process.env.CI) throw new Error(message);
      console.warn(`      skipped: ${message}`);
      return this.skip();
    }
    browser = await chromium.launch({ executablePath, args: launchArguments() });
  });
  after(() => browser?.close());
  return {
    open: async (url, { origin, ...options } = {}) => {
      if (!browser) throw new Error("Chromium is not running");
      return watch(await (await browser.newContext(options)).newPage(), url, origin);
    },
  };
}

function launchArguments(): string[] {
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  // Chromium's sandbox refuses to run as root
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return ["--disable-gpu", ...quiet, ...sandbox];
}

async function watch(page: Page, url: string, origin: string | undefined): Promise<WatchedPage> {
  const [requests, errors]: [string[], string[]] = [[], []];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  await page.context().route(/^(?!file:|data:|blob:)/, (route) => {
    const asked = route.request().url();
    if (origin !== undefined && new URL(asked).origin === origin) return route.continue();
    requests.push(asked);
    return route.abort();
  });
  await page.goto(url);
  return { page, requests, errors };
}
