import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, openBrowser, whyNoBrowser } from "../../bin/browser.ts";

const site = join(import.meta.dirname, "../../dist-site");
const why = !existsSync(join(site, "index.html"))
  ? "skipped: test/real/site/build was not run"
  : whyNoBrowser;
const types: Readonly<Record<string, string>> = {
  ...{ ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" },
  ...{ ".svg": "image/svg+xml", ".png": "image/png", ".json": "application/json", ".woff2": "font/woff2" },
};

/** As any server of static files. */
function serve(): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const path = normalize(decodeURIComponent(url.split(/[?#]/, 1)[0] ?? "/"));
    const file = join(site, path.endsWith("/") ? `${path}index.html` : path);
    if (!existsSync(file) || statSync(file).isDirectory()) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(file)] ?? "text/plain; charset=utf-8" });
    response.end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

describe.skipIf(why !== "")(`the documentation as a site, in Chromium ${why}`, { timeout: 120_000 }, () => {
  let server: Server;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    server = await serve();
    browser = await openBrowser();
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  async function opened(path: string, width = 1280) {
    const page = await browser.newPage();
    const asked: string[] = [];
    const failed: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("response", (response) => {
      if (response.status() >= 400) failed.push(response.url());
    });
    page.on("pageerror", (error) => failed.push(String(error)));
    await page.setViewport({ width, height: 900 });
    await page.goto(`${url}${path}`, { waitUntil: "load" });
    await page.waitForFunction("document.querySelector('h1') !== null", { timeout: 20_000 });
    return { page, asked, failed };
  }

  it.each([
    "/",
    "/docs/operate.html",
    "/docs/splunk.html",
    "/docs/configuration.html",
    "/src/output/syslog/",
  ])("%s asks nobody else, has everything it asks for, and does not run off a phone", async (path) => {
    for (const width of [1280, 390]) {
      const { page, asked, failed } = await opened(path, width);
      expect(failed).toEqual([]);
      expect(asked.length).toBeGreaterThan(3);
      expect(asked.filter((each) => !each.startsWith(url) && !each.startsWith("data:"))).toEqual([]);
      const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect([path, width, wide <= width]).toEqual([path, width, true]);
      await page.close();
    }
  });

  it("shows every column of a table of keys on a desk, and finds a number before others like it", async () => {
    const { page } = await opened("/docs/configuration.html");
    const cut = await page.evaluate<number>(
      "(() => { const { scrollWidth, clientWidth } = document.querySelector('main table'); return scrollWidth - clientWidth; })()",
    );
    expect(cut).toBe(0);
    await page.click(".VPNavBarSearch button");
    await page.waitForFunction("document.querySelector('input.search-input') !== null", { timeout: 20_000 });
    for (const letter of "413") await page.keyboard.press(letter as "4");
    await page.waitForFunction("document.querySelectorAll('.VPLocalSearchBox .result').length > 0", {
      timeout: 30_000,
    });
    const marked =
      "[...document.querySelectorAll('.VPLocalSearchBox .result mark')].map((mark) => mark.textContent)";
    expect(new Set(await page.evaluate<string[]>(marked))).not.toContain("13");
    await page.close();
  });

  it.each(["backfill", "event_uid", "pseudonym"])("finds %s, without asking anybody", async (word) => {
    const { page, asked } = await opened("/docs/splunk.html");
    await page.click(".VPNavBarSearch button");
    await page.waitForFunction("document.querySelector('input.search-input') !== null", { timeout: 20_000 });
    for (const letter of word) await page.keyboard.press(letter);
    await page.waitForFunction("document.querySelectorAll('.VPLocalSearchBox .result').length > 0", {
      timeout: 30_000,
    });
    expect(asked.filter((each) => !each.startsWith(url) && !each.startsWith("data:"))).toEqual([]);
    await page.close();
  });
});
