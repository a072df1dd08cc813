import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../src/simulate/seeded-random.ts";
import { wandbEntry } from "../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../src/simulate/wandb-server.ts";
import { systemClock } from "../src/time/clock.ts";
import { startVictoriaLogs } from "../test/real/victoria-logs.ts";
import { openBrowser } from "./browser.ts";

/**
 * Makes the picture of a search in `docs/images`: the program itself reads a stand-in's log and delivers it to a real store
 * of logs, VictoriaLogs, whose own page is asked. `npm run pictures` after `test/real/victoria-logs/build` and
 * `test/real/browser/build`.
 */
const file = new URL("../docs/images/search.png", import.meta.url).pathname;
const query = [
  "event.action:in(user:create_api_key, user:delete_api_key, project:delete, team:invite_user) or event.outcome:failure",
  "| fields _time, event.action, event.outcome, user.email, source.ip, _msg | sort by (_time) desc",
].join(" ");
/** Its page shows the last five minutes; the entries are of these. */
const spreadMs = 270_000;

const place = mkdtempSync(join(tmpdir(), "search-"));
const random = seededRandom(21);
const [store, wandb] = await Promise.all([
  startVictoriaLogs(),
  startWandbServer({ clock: systemClock, random }),
]);
try {
  for (let n = 0; n < 400; n++) wandb.log.append(wandbEntry(random, Date.now() - random() * spreadMs));
  const source = {
    name: "prod",
    type: "wandb_api",
    url: wandb.url,
    instance: "acme.wandb.io",
    api_key: "a-key-0123",
  };
  const fields = { _stream_fields: "event.dataset", _time_field: "@timestamp", _msg_field: "message" };
  const output = {
    name: "logs",
    type: "http",
    url: `${store.url}/insert/jsonline`,
    query: fields,
    format: "ecs",
  };
  const config = {
    state_dir: join(place, "state"),
    sources: [{ ...source, start: "2d" }],
    outputs: [output],
  };
  writeFileSync(join(place, "config.yaml"), JSON.stringify({ ...config, admin: { listen: "off" } }), {
    mode: 0o600,
  });
  const program = new URL("wandb-audit-forwarder.js", import.meta.url).pathname;
  const child = spawn(process.execPath, [program, "run", "--once", "-c", join(place, "config.yaml")]);
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`the program ended with ${code}`);
  await store.stored();
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 1440, height: 880, deviceScaleFactor: 0.75 });
    const hash = `query=${encodeURIComponent(query)}&view=table&limit=12`;
    await page.goto(`${store.url}/select/vmui/#/?${hash}`, { waitUntil: "load" });
    await page.waitForFunction("document.querySelectorAll('table tr').length > 10", { timeout: 20_000 });
    await sleep(500);
    await page.screenshot({ path: file });
  } finally {
    await browser.close();
  }
} finally {
  await Promise.all([store.close(), wandb.close()]);
  rmSync(place, { recursive: true });
}
