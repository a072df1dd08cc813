import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { isPartGone } from "../src/other-version.ts";
import { startHecReceiver } from "../src/simulate/hec-receiver.ts";
import { seededRandom } from "../src/simulate/seeded-random.ts";
import { wandbEntry } from "../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../src/simulate/wandb-server.ts";
import { threadsOf } from "../src/thread/start-thread.ts";
import { systemClock } from "../src/time/clock.ts";
import { eventually, program, startProgram, workplace } from "./system/whole/daemon.ts";

const environment = { KEY: "some-key-for-tests", TOKEN: "00000000-0000-4000-8000-000000000000" };

/** The real program between a W&B server and a HEC receiver. */
async function daemonBetween() {
  const random = seededRandom(5);
  const wandb = await startWandbServer({ clock: systemClock, random });
  const hec = await startHecReceiver();
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 3d, poll_interval: 1s }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN}", batch: { max_events: 7, max_wait: 10ms } }
admin: { listen: off }
`,
  );
  onTestFinished(async () => {
    await wandb.close();
    await hec.close();
    place.remove();
  });
  return {
    hec,
    grow(count: number) {
      for (let made = 0; made < count; made++) wandb.log.append(wandbEntry(random, systemClock.now()));
    },
    start(...more: string[]) {
      const daemon = startProgram(["run", "-c", place.config, ...more], environment);
      onTestFinished(() => daemon.kill("SIGKILL"));
      return daemon;
    },
  };
}

it("the program delivers, ends in order at SIGTERM, goes on after a restart and after a kill, and loses nothing", async () => {
  const { hec, grow, start } = await daemonBetween();
  grow(50);
  const first = start();
  await eventually("everything is delivered", () => hec.count() === 50);
  first.kill("SIGTERM");
  expect(await first.exited, first.stderr()).toEqual({ code: 0, signal: null });

  grow(50);
  const second = start();
  await eventually("what is new is delivered", () => hec.count() >= 70);
  second.kill("SIGKILL");
  await second.exited;

  grow(20);
  const last = start("--once");
  expect(await last.exited, last.stderr()).toEqual({ code: 0, signal: null });
  const uids = hec.taken().map(({ fields }) => String(fields?.event_uid));
  expect(new Set(uids).size).toBe(120);
  // Of the run that was killed at most two batches: one on its way, and one that was being written down
  // (decision 43).
  const again = uids.filter((uid, at) => uids.indexOf(uid) < at);
  expect(again.length).toBeLessThanOrEqual(2 * 7);
  const end = uids.findIndex((uid, at) => uids.indexOf(uid) < at);
  expect(uids.slice(Math.max(0, end - 2 * 7), end)).toEqual(expect.arrayContaining(again));
  expect(new Set(uids.slice(0, 50)).size).toBe(50);
});

it("says so when a file does not take all of its output, at once or in the end", () => {
  const folder = mkdtempSync(join(tmpdir(), "full-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "schema.json");
  // A limit of the size of files ends a write as a full disk does.
  const limited = 'ulimit -f 8; exec "$0" "$1" schema > "$2"';
  const cut = spawnSync("sh", ["-c", limited, process.execPath, program, file], { encoding: "utf8" });
  expect([cut.status, cut.stderr]).toEqual([74, expect.stringMatching(/did not fit.*\n.*fix: make room/)]);
  expect(readFileSync(file).length).toBeGreaterThan(0);
  const full = 'exec "$0" "$1" schema > /dev/full';
  const refused = spawnSync("sh", ["-c", full, process.execPath, program], { encoding: "utf8" });
  expect([refused.status, refused.stderr]).toEqual([74, expect.stringContaining("no space left")]);
});

it("a reader that has had enough makes no failure of what ended well", () => {
  const folder = mkdtempSync(join(tmpdir(), "enough-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const code = join(folder, "code");
  const script = '{ "$0" "$1" --help; echo "$?" > "$2"; } | grep -q check';
  for (let time = 0; time < 3; time++) {
    expect(spawnSync("sh", ["-c", script, process.execPath, program, code]).status).toBe(0);
    expect(readFileSync(code, "utf8")).toBe("0\n");
  }
});

it("output to a pipe is whole although its reader is slow", () => {
  const script = '"$0" "$1" schema | { sleep 0.5; cat; }';
  const read = execFileSync("sh", ["-c", script, process.execPath, program], { encoding: "utf8" });
  // More than a pipe takes at once.
  expect(read.length).toBeGreaterThan(65_536);
  expect(() => JSON.parse(read)).not.toThrow();
});

it("a thread of another version, installed over the one that runs, ends with that", async () => {
  const program = new URL("../src/main.ts", import.meta.url);
  const thread = threadsOf({ program })("delivery", {
    build: "file:///dist/delivery-of-another.js",
    parts: "[]",
  });
  const error = await thread.loaded.catch((error: Error) => error);
  expect(error).toMatchObject({ message: "another version was installed over the one that runs" });
  expect(isPartGone(error)).toBe(true);
});
