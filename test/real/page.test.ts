import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type Browser,
  type BrowserPage,
  openBrowser,
  violationsOf,
  whyNoBrowser,
} from "../../bin/browser.ts";
import { loadConfig } from "../../src/config/load.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import type { Daemon } from "../../src/daemon/running-daemon.ts";
import { systemRandom } from "../../src/random.ts";
import { type Rehearsal, startRehearsal } from "../../src/simulate/rehearsal.ts";
import { rehearsalConfig, rehearsalEnvironment } from "../../src/simulate/rehearsal-config.ts";
import { systemClock } from "../../src/time/clock.ts";

const token = "the-token-of-the-page";
const hostile = '<img src=x onerror="window.taken=1"><script>window.taken=1</script>\u202e';
/** Where screenshots are put, for a person to look at. */
const shots = process.env.PAGE_SHOTS;

let folder: string;
let rehearsal: Rehearsal;
let daemon: Daemon;
let browser: Browser;
const troubles: string[] = [];

/** As long as a name may be, and nothing in it where a line could end. */
const longestName = "relay".padEnd(63, "x");

/** A page of the daemon's, with the token; what it complains of is noted. */
async function open(path: string, width = 1280, scheme = "light", script = true): Promise<BrowserPage> {
  const page = await browser.newPage();
  page.on("pageerror", (error: Error) => troubles.push(`${path}: ${error.message}`));
  page.on("console", (said: { type(): string; text(): string }) => {
    if (said.type() === "error") troubles.push(`${path}: ${said.text()}`);
  });
  page.on("request", (request: { url(): string }) => {
    if (!request.url().startsWith(`${daemon.adminUrl}/`)) troubles.push(`${path} asks for ${request.url()}`);
  });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setJavaScriptEnabled(script);
  await page.setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
  expect((await page.goto(`${daemon.adminUrl}${path}`, { waitUntil: "load" }))?.status()).toBe(200);
  return page;
}

/** W&B shows an entry now whose names are markup. */
function beHostile(): void {
  const now = new Date().toISOString().slice(0, 19);
  const entry = { timestamp: `${now}Z`, action: "project:read", actor_email: hostile, project_name: hostile };
  rehearsal.wandb.log.append(JSON.stringify(entry));
}

const textOf = (page: BrowserPage, selector: string) =>
  page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).textContent`);

describe.skipIf(whyNoBrowser !== "")(`the status page in Chromium ${whyNoBrowser}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "page-"));
    if (shots !== undefined) mkdirSync(shots, { recursive: true });
    const lines = join(folder, "lines");
    const world = { clock: systemClock, seed: 7, dialect: "v5", days: 2, rate: 600, faults: [] } as const;
    rehearsal = await startRehearsal({ ...world, folder: lines });
    beHostile();
    rehearsal.http.behave("unauthorized");
    rehearsal.otlp.behave("server_error");
    const file = join(folder, "config.yaml");
    const text = rehearsalConfig(rehearsal, join(folder, "state"), 0)
      .replace("admin: { ", `admin: { token: ${token}, `)
      .replace("name: relay", `name: ${longestName}`);
    expect(text).toContain(token);
    expect(text).toContain(longestName);
    writeFileSync(file, text, { mode: 0o600 });
    const environment = { ...process.env, ...rehearsalEnvironment };
    const config = loadConfig(file, { environment });
    daemon = await startDaemon(config, {
      ...{ clock: systemClock, random: systemRandom, environment, stdout: process.stdout },
      ...{ agent: { name: "wandb-audit-forwarder", version: "1.2.3" }, writeLog: () => {} },
      logStyle: { level: "info", format: "json", colors: false },
    });
    browser = await openBrowser();
    await vi.waitFor(
      async () => {
        const { outputs } = await daemon.runtime.spool.state();
        expect(outputs.filter(({ delivered }) => delivered > 50).length).toBeGreaterThan(4);
        expect(daemon.runtime.conditions.output("web").state).toBe("held");
        expect(daemon.runtime.conditions.output("collector").state).toBe("retrying");
      },
      { timeout: 40_000, interval: 200 },
    );
  });

  afterAll(async () => {
    await browser?.close();
    daemon?.stopNow();
    await daemon?.ended.catch(() => {});
    await rehearsal?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(["light", "dark"])("%s", (scheme) => {
    it.each([1280, 390])(
      "has nothing that axe-core finds wrong, and nothing wider than its %i pixels",
      { timeout: 120_000 },
      async (width) => {
        const still =
          (scheme === "light") === (width === 1280) ? ["/?range=30d", "/operate", "/activity"] : [];
        for (const path of ["/", "/tap?output=soc", ...still]) {
          const page = await open(path, width, scheme);
          expect([path, await violationsOf(page)]).toEqual([path, []]);
          expect(await page.evaluate<number>("document.scrollingElement.scrollWidth")).toBeLessThanOrEqual(
            width,
          );
          const picture = shots && join(shots, `${path.replaceAll(/\W+/g, "-")}-${width}-${scheme}.png`);
          await page.screenshot({ fullPage: true, ...(picture && { path: picture }) });
          await page.close();
        }
      },
    );
  });

  it("shows the balance of the books, and tiles two abreast, on a phone", async () => {
    const page = await open("/", 390);
    const right = await page.evaluate<number>(
      `Math.max(...[...document.querySelectorAll("#live table .good-text")].map((cell) => cell.getBoundingClientRect().right))`,
    );
    expect(right).toBeLessThanOrEqual(390);
    const tops = await page.evaluate<number[]>(
      `[...document.querySelectorAll(".figures > div")].map((tile) => Math.round(tile.getBoundingClientRect().top))`,
    );
    expect(new Set(tops).size).toBe(tops.length / 2);
    await page.close();
  });

  it("says without a script what is wrong, and lets the range be chosen", async () => {
    const page = await open("/", 1280, "light", false);
    const whole = await open("/", 1280, "light");
    for (const id of ["#headline h1", "#charts", "#incidents", "#books", "#flow"])
      expect(await textOf(whole, id)).not.toBe("");
    await whole.close();
    await Promise.all([
      page.click('.ranges a[href="?range=7d"]'),
      new Promise((done) => setTimeout(done, 500)),
    ]);
    expect(page.url()).toContain("?range=7d");
    await page.setJavaScriptEnabled(true);
    expect(await textOf(page, "#charts")).toBe("The last 7 days");
    await page.close();
  });

  it("tells single values to the pointer and to the arrow keys, and keeps the place when it renews itself", async () => {
    const page = await open("/?range=15m");
    const chart = '#live .chart[data-unit="per_minute"]';
    await page.hover(`${chart} svg`);
    expect(await textOf(page, `${chart} .at`)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC: [\d.]+\/min$/);
    await page.evaluate(`document.querySelector(${JSON.stringify(`${chart} svg`)}).focus()`);
    await page.keyboard.press("End");
    const told = await textOf(page, `${chart} .at`);
    await page.keyboard.press("ArrowLeft");
    expect(await textOf(page, `${chart} .at`)).not.toBe(told);
    await page.evaluate(
      `document.querySelector("#live").dataset.first = "yes"; document.querySelector("#live section").dataset.old = "yes"`,
    );
    await page.waitForFunction(`!document.querySelector("#live section").dataset.old`, { timeout: 15_000 });
    expect(await page.evaluate<string>("document.activeElement.tagName")).toBe("svg");
    expect(await textOf(page, `${chart} .at`)).toContain("/min");
    await page.keyboard.press("Escape");
    expect(await page.evaluate<number>(`document.querySelectorAll(".at, .mark").length`)).toBe(0);
    await page.close();
  });

  it("begins with a way past its head, and every stop of the Tab key is seen", async () => {
    const page = await open("/");
    await page.keyboard.press("Tab");
    expect(await page.evaluate<string>("document.activeElement.textContent")).toBe("Skip to the content");
    for (let stop = 0; stop < 12; stop++) {
      await page.keyboard.press("Tab");
      const outline = await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
      expect(outline).not.toBe("none");
    }
    await page.close();
  });

  it("leads from a reason to what it means", async () => {
    const page = await open("/");
    await Promise.all([
      page.click('a.reason[href="operate#output-unauthorized"]'),
      new Promise((done) => setTimeout(done, 500)),
    ]);
    expect(page.url()).toMatch(/operate#output-unauthorized$/);
    expect(await textOf(page, ":target, :has(> dt > :target)")).toContain("does not accept the credential");
    await page.close();
  });

  it("shows what a hostile event says as text, wherever it may be seen", async () => {
    beHostile();
    const page = await open("/tap?output=lines");
    await page.waitForFunction(
      `document.querySelector("#live").textContent.includes("<img src=x onerror=")`,
      {
        timeout: 20_000,
      },
    );
    expect((await textOf(page, "#live")).includes("\u202e")).toBe(false);
    for (const path of ["/", "/activity", "/tap?output=soc"]) {
      const other = await open(path);
      expect(
        await other.evaluate<number>(`document.querySelectorAll("#main img, #main script").length`),
      ).toBe(0);
      expect(await other.evaluate<string>("typeof window.taken")).toBe("undefined");
      await other.close();
    }
    await page.close();
  });

  it("shows the last events as they come", async () => {
    const page = await open("/tap?output=soc");
    const first = await textOf(page, "#live .events li");
    await page.waitForFunction(
      `document.querySelector("#live .events li").textContent !== ${JSON.stringify(first)}`,
      {
        timeout: 15_000,
      },
    );
    await page.close();
  });

  it("asks for nothing from elsewhere, and nothing is refused by its own policy", () => {
    expect(troubles).toEqual([]);
  });
});
