import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { program } from "../../src/command/program.ts";
import { type HecReceiver, startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { startWandbServer, type WandbServer } from "../../src/simulate/wandb-server.ts";
import { dayText, systemClock, utcDayOfMs } from "../../src/time/clock.ts";
import { line } from "../source/wandb-api/reading.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const folder = () => mkdtempSync(join(tmpdir(), "backfill-"));
const today = utcDayOfMs(Date.now());

let place: string;
let wandb: WandbServer;
let hec: HecReceiver;
beforeEach(async () => {
  place = folder();
  wandb = await startWandbServer({ clock: systemClock, random: seededRandom(1) });
  hec = await startHecReceiver({ keep: 1_000 });
  writeFileSync(
    join(place, "config.yaml"),
    `state_dir: ${join(place, "state")}
shutdown_timeout: 2s
sources: [{ name: prod, type: wandb_api, url: "${wandb.url}", instance: acme, api_key: "\${KEY}", start: now }]
outputs: [{ name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN}", format: raw, batch: { max_wait: 10ms } }]
admin: { listen: "off" }
`,
  );
});
afterEach(async () => {
  await wandb.close();
  await hec.close();
  rmSync(place, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const environment = { KEY: "some-key-for-tests", TOKEN: "00000000-0000-4000-8000-000000000000" };
  const terminal = fakeTerminal({ environment });
  const code = await program(["backfill", ...args, "-c", join(place, "config.yaml")], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const from = (days: number) => dayText(today - days);
const span = ["--source", "prod", "--from", from(9), "--to", from(6)];

it("without a daemon reads and delivers the days itself, from the first run on, and nothing twice", async () => {
  for (const day of [today - 9, today - 8, today - 8, today - 6]) wandb.log.append(line(day, 60));
  const first = await run(...span);
  expect(first).toMatchObject({ code: 0, err: expect.stringContaining("done: 3 records read, 3 new") });
  const uids = () => hec.taken().map(({ fields }) => fields?.event_uid);
  expect(new Set(uids()).size).toBe(3);
  expect((await run(...span, "--json")).code).toBe(0);
  expect(uids()).toHaveLength(3);
  expect((await run("--list")).out).toContain("3 records read, 0 new");
}, 30_000);

it("has no backfill to show or to cancel before anything was read", async () => {
  expect(await run("--list")).toMatchObject({ code: 0, out: "no backfill was ever asked for\n" });
  expect((await run("--source", "prod", "--cancel")).code).toBe(1);
});

it("leaves what is not read to the next time, when it is interrupted", async () => {
  for (let day = today - 9; day < today - 6; day++) wandb.log.append(line(day, 60));
  wandb.behave({ fault: "server_error" });
  const environment = { KEY: "some-key-for-tests", TOKEN: "00000000-0000-4000-8000-000000000000" };
  const terminal = fakeTerminal({ environment });
  const running = program(["backfill", ...span, "-c", join(place, "config.yaml")], terminal);
  while (!terminal.err().includes("waits for a read that ends well")) await systemClock.sleep(20, never);
  terminal.send("SIGINT");
  expect(await running).toBe(1);
  expect(terminal.err()).toContain("the same command, or the daemon, goes on with it");
  wandb.behave({ fault: undefined });
  expect((await run(...span)).code).toBe(0);
  expect(hec.taken()).toHaveLength(3);
}, 30_000);

const never = new AbortController().signal;
