import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache", "wandb-audit-real");
const place = join(cache, "browser", "1");
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

/** Why no browser can be driven here; empty where one can. */
export const whyNoBrowser =
  chromium === undefined
    ? "skipped: chromium is not installed"
    : existsSync(join(place, "done"))
      ? ""
      : "skipped: test/real/browser/build was not run";

/** What is used of a page of puppeteer's. */
export interface BrowserPage {
  setViewport(size: { width: number; height: number; deviceScaleFactor?: number }): Promise<void>;
  emulateMediaFeatures(features: { name: string; value: string }[]): Promise<void>;
  setJavaScriptEnabled(on: boolean): Promise<void>;
  setExtraHTTPHeaders(headers: Record<string, string>): Promise<void>;
  goto(url: string, options?: { waitUntil: "load" }): Promise<{ status(): number } | null>;
  evaluate<Result>(script: string | (() => Result)): Promise<Result>;
  waitForFunction(script: string, options?: { timeout: number }): Promise<unknown>;
  hover(selector: string): Promise<void>;
  click(selector: string): Promise<void>;
  readonly keyboard: { press(key: string): Promise<void> };
  screenshot(options: {
    path?: string;
    fullPage?: boolean;
    clip?: { x: number; y: number; width: number; height: number };
  }): Promise<Uint8Array>;
  // biome-ignore lint/suspicious/noExplicitAny: events of every kind
  on(event: string, then: (what: any) => void): void;
  url(): string;
  close(): Promise<void>;
}

/** A browser that runs. */
export interface Browser {
  newPage(): Promise<BrowserPage>;
  close(): Promise<void>;
}

/** Starts Debian's Chromium. */
export async function openBrowser(): Promise<Browser> {
  if (whyNoBrowser !== "") throw new Error(whyNoBrowser);
  const { resolve } = createRequire(join(place, "package.json"));
  const { default: puppeteer } = await import(resolve("puppeteer-core"));
  return puppeteer.launch({
    executablePath: chromium,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

/** What axe-core finds wrong with a page: the rule, and where. */
export async function violationsOf(page: BrowserPage): Promise<readonly string[]> {
  await page.evaluate(readFileSync(join(place, "node_modules/axe-core/axe.min.js"), "utf8"));
  return page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 120)).join(" | ")))`,
  );
}
