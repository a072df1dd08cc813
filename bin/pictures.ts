import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { statusText } from "../src/command/status-text.ts";
import { loadConfig } from "../src/config/load.ts";
import { startDaemon } from "../src/daemon/daemon.ts";
import { systemRandom } from "../src/random.ts";
import { startRehearsal } from "../src/simulate/rehearsal.ts";
import { rehearsalConfig, rehearsalEnvironment } from "../src/simulate/rehearsal-config.ts";
import type { StatusReport } from "../src/status/status-report.ts";
import { escapeHtml } from "../src/text/html.ts";
import { systemClock } from "../src/time/clock.ts";
import { type Browser, openBrowser } from "./browser.ts";

/**
 * Makes the pictures in `docs/images` with Debian's Chromium: the page on a desk, on a phone in the dark, and `status` on a
 * terminal, of a whole daemon between stand-ins of which one fails for a while. `npm run pictures`, which takes five minutes;
 * `test/real/browser/build` first.
 */
const folder = new URL("../docs/images", import.meta.url).pathname;
/** So long it runs before its charts say something; a third of it an output fails. */
const thirdMs = 90_000;
const shown = ["splunk", "soc", "collector"];

const place = mkdtempSync(join(tmpdir(), "pictures-"));
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
const world = { clock: systemClock, seed: 1, dialect: "v5", days: 2, rate: 90, faults: [] } as const;
const rehearsal = await startRehearsal({ ...world, folder: join(place, "lines") });
const file = join(place, "config.yaml");
writeFileSync(file, withThree(rehearsalConfig(rehearsal, join(place, "state"), 0)), { mode: 0o600 });
const environment = { ...process.env, ...rehearsalEnvironment };
const daemon = await startDaemon(loadConfig(file, { environment }), {
  ...{ clock: systemClock, random: systemRandom, environment, stdout: process.stdout },
  ...{ agent: { name: "wandb-audit-forwarder", version: "1.0.0" }, writeLog: () => {} },
  logStyle: { level: "info", format: "json", colors: false },
});
try {
  const page = `${daemon.adminUrl}/`;
  await sleep(thirdMs);
  rehearsal.otlp.behave("busy");
  await sleep(thirdMs);
  rehearsal.otlp.behave("accept");
  await sleep(thirdMs);
  await shoot(browser, page, "status-page.png", { width: 1280, height: 1330, scheme: "light", scale: 0.75 });
  await shoot(browser, page, "status-page-phone.png", { width: 390, height: 900, scheme: "dark", scale: 1 });
  const report = (await (await fetch(`${page}status?range=15m`)).json()) as StatusReport;
  const text = statusText(report, { colors: false, unicode: true });
  const html = `<style>body{margin:0;padding:18px 22px;background:#0f1418;color:#e6edf3;font:13px/1.45 "DejaVu Sans Mono",monospace;white-space:pre}</style>${escapeHtml(text)}`;
  const asUrl = `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
  await shoot(browser, asUrl, "status-terminal.png", {
    width: 1140,
    height: 680,
    scheme: "dark",
    scale: 0.9,
  });
} finally {
  await browser.close();
  daemon.stopNow();
  await daemon.ended.catch(() => {});
  await rehearsal.close();
  rmSync(place, { recursive: true, force: true });
}

/** With three of the outputs. */
function withThree(text: string): string {
  const [head = "", rest = ""] = text.split("outputs:\n");
  const [outputs = "", tail = ""] = rest.split(/^admin:/m);
  const kept = outputs
    .split(/^(?= {2}- name: )/m)
    .filter((part) => shown.some((name) => part.startsWith(`  - name: ${name}\n`)));
  return `${head}outputs:\n${kept.join("")}admin:${tail}`;
}

interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
  readonly scale: number;
}

async function shoot(
  browser: Browser,
  url: string,
  name: string,
  { width, height, scheme, scale }: Look,
): Promise<void> {
  const page = await browser.newPage();
  await page.setViewport({ width, height, deviceScaleFactor: scale });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(url, { waitUntil: "load" });
  await page.screenshot({ path: join(folder, name), clip: { x: 0, y: 0, width, height } });
  await page.close();
}
