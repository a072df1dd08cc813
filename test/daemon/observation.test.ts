import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { controlPath, queryDaemon } from "../../src/admin/ask.ts";
import { ambientOf } from "../../src/command/ambient.ts";
import { loadConfig } from "../../src/config/load.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import { systemRandom } from "../../src/random.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import { fakeTerminal } from "../command/fake-terminal.ts";
import { keepLines, prod } from "../fake/kept-lines.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { dayMs } from "../fake/records.ts";

const folder = mkdtempSync(join(tmpdir(), "observation-"));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** A daemon whose state knows of somebody who was active today. */
async function running(admin: string) {
  const stateDir = join(folder, "state");
  const file = join(folder, "config.yaml");
  const day = Math.floor(Date.now() / dayMs) * dayMs;
  const store = openStore({
    ...{
      stateDir,
      maxBytes: 1e9,
      keepDelivered: 1,
      clock: new ManualClock(day + 1000),
      random: systemRandom,
    },
    activity: { scope: "names", nameless: new Set(), keep: 800 * dayMs },
  });
  const timestamp = new Date(day).toISOString();
  const entry = { timestamp, action: "a:b", actor_user_id: 1042, actor_email: "a@example.com" };
  keepLines(store, new ManualClock(day + 1000), [JSON.stringify(entry)]);
  store.close();
  const source = `{ name: prod, type: wandb_api, url: "https://${prod.instance}", api_key: key }`;
  const text = `state_dir: ${stateDir}\nsources: [${source}]\noutputs: [{ name: out, type: stdout }]\nadmin: ${admin}\n`;
  writeFileSync(file, text, { mode: 0o600 });
  const terminal = fakeTerminal();
  const config = loadConfig(file, terminal);
  const daemon = await startDaemon(config, ambientOf(terminal, config), { once: true });
  closing.push(() => {
    daemon.stopNow();
    return daemon.ended;
  });
  const { hostname: host, port } = new URL(daemon.adminUrl ?? "");
  const listener = { host, port: Number(port), authorization: "Bearer token-of-the-test" };
  const asked = async (address: Parameters<typeof queryDaemon>[0], path: string) =>
    (await queryDaemon(address, path, 5_000))?.body ?? "";
  return {
    byListener: (path: string) => asked(listener, path),
    bySocket: (path: string) => asked({ socketPath: controlPath(stateDir) }, path),
  };
}

it("shows who was active on the control socket, and without a token on the listener how many alone", async () => {
  const { byListener, bySocket } = await running("{ listen: 127.0.0.1:0 }");
  expect(await bySocket("/activity.json")).toContain("a@example.com");
  for (const path of ["/activity", "/activity.json"]) {
    expect(await byListener(path)).not.toContain("a@example.com");
    expect(await byListener(path)).not.toContain("1042");
  }
  expect(JSON.parse(await byListener("/activity.json")).instances[0].active_users).toBe(1);
  expect(await byListener("/events/extent")).toContain("not found");
  expect(await bySocket("/events/extent")).toContain('"head":1');
});

it("shows who was active on the listener too where a token is needed", async () => {
  const { byListener } = await running("{ listen: 127.0.0.1:0, token: token-of-the-test }");
  expect(await byListener("/activity")).toContain("a@example.com");
  expect(await byListener("/events/extent")).toContain("not found");
});

it("shows what an output sent, and who was active, on the page only with a token", async () => {
  const open = await running("{ listen: 127.0.0.1:0 }");
  for (const path of ["/tap?output=out", "/tap.json?output=out"]) {
    await expect.poll(() => open.bySocket(path)).toContain("a:b");
    expect(await open.byListener(path)).toContain("only where admin.token is set");
    expect(await open.byListener(path)).not.toContain("a:b");
  }
  expect(await open.byListener("/")).not.toContain("a@example.com");
  expect(await open.bySocket("/")).toContain("a@example.com");
  expect(await open.byListener("/operate")).toContain('id="output-tls"');
});

it("shows it on the listener to who has the token", async () => {
  const own = await running("{ listen: 127.0.0.1:0, token: token-of-the-test }");
  await expect.poll(() => own.byListener("/tap.json?output=out")).toContain("a:b");
  expect(await own.byListener("/")).toContain("a@example.com");
});
