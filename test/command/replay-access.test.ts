import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { program } from "../../src/command/program.ts";
import { type HecReceiver, startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { dayText, utcDayOfMs } from "../../src/time/clock.ts";
import { line } from "../source/wandb-api/reading.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const today = utcDayOfMs(Date.now());
const environment = { TOKEN: "00000000-0000-4000-8000-000000000000" };

let place: string;
let hec: HecReceiver;
beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), "replay-"));
  mkdirSync(join(place, "in"));
  hec = await startHecReceiver({ keep: 1_000 });
  writeFileSync(
    join(place, "in", "a.ndjson"),
    [1, 2, 2, 4].map((ago) => `${line(today - ago, 60)}\n`).join(""),
  );
  writeFileSync(
    join(place, "config.yaml"),
    `state_dir: ${join(place, "state")}
shutdown_timeout: 2s
sources: [{ name: prod, type: file, path: "${join(place, "in/*.ndjson")}", instance: acme, start: 30d }]
outputs: [{ name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN}", format: raw, batch: { max_wait: 10ms } }]
admin: { listen: "off" }
`,
  );
});
afterEach(async () => {
  await hec.close();
  rmSync(place, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const terminal = fakeTerminal({ environment });
  const code = await program([...args, "-c", join(place, "config.yaml")], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

it("without a daemon sends what is wanted itself, labelled, and reads nothing", async () => {
  expect((await run("run", "--once")).code).toBe(0);
  const delivered = hec.taken().map(({ fields }) => fields?.event_uid);
  writeFileSync(join(place, "in", "b.ndjson"), `${line(today - 2, 90)}\n`);
  const span = ["--from", dayText(today - 2), "--to", dayText(today - 1)];
  const done = await run("replay", "--output", "splunk", ...span);
  expect(done).toMatchObject({ code: 0, err: expect.stringContaining("done: 2 events sent again") });
  const again = hec.taken().slice(4);
  expect(delivered).toEqual(expect.arrayContaining(again.map(({ fields }) => fields?.event_uid)));
  expect(again).toHaveLength(2);
  expect(again.map(({ fields }) => fields?.replay_id)).toEqual([expect.any(String), expect.any(String)]);
  expect((await run("replay", "--list")).out).toContain("2 events sent again");
}, 30_000);

it("without a daemon reads what the spool does not have, sends it again, and what is new to everybody", async () => {
  const config = readFileSync(join(place, "config.yaml"), "utf8");
  writeFileSync(join(place, "config.yaml"), `${config}spool: { keep_delivered: 0s }\n`);
  expect((await run("run", "--once")).code).toBe(0);
  const delivered = hec.taken().map(({ fields }) => fields?.event_uid);
  // A start removes what need not be kept.
  expect((await run("run", "--once")).code).toBe(0);
  writeFileSync(join(place, "in", "b.ndjson"), `${line(today - 2, 90)}\n`);
  const span = ["--from", dayText(today - 2), "--to", dayText(today - 1)];
  const done = await run("replay", "--output", "splunk", ...span);
  expect(done.err).toContain("2 records of 1 day are not in the spool any more");
  expect(done).toMatchObject({
    code: 0,
    err: expect.stringContaining("done: 2 events sent again; 1 day read"),
  });
  const after = hec.taken().slice(4);
  const again = after.filter(({ fields }) => fields?.replay_id !== undefined);
  expect(delivered).toEqual(expect.arrayContaining(again.map(({ fields }) => fields?.event_uid)));
  expect([again.length, after.length]).toEqual([2, 3]);
}, 60_000);
