import { chmodSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { run } from "../../src/command/run.ts";
import { startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../src/simulate/wandb-server.ts";
import { systemClock } from "../../src/time/clock.ts";
import { workplace } from "../system/whole/daemon.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const replaced = "wandb-audit-forwarder:state_replaced";

/** A server, a receiver, and a way to run once between them. */
async function between() {
  const random = seededRandom(3);
  const wandb = await startWandbServer({ clock: systemClock, random });
  const hec = await startHecReceiver({ token: "the-right-token" });
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: a.example, api_key: some-key-1 }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: the-right-token, batch: { max_wait: 10ms } }
admin: { listen: off }
`,
  );
  const cache = `${place.stateDir}-cache`;
  mkdirSync(cache);
  closing.push(
    () => wandb.close(),
    () => hec.close(),
    () => place.remove(),
  );
  return {
    place,
    append(count: number) {
      for (let at = 0; at < count; at++) wandb.log.append(wandbEntry(random, systemClock.now()));
    },
    async once(acceptStateLoss = false) {
      const terminal = fakeTerminal({ environment: { CACHE_DIRECTORY: cache } });
      await run({ config: place.config, once: true, timeoutMs: 20_000, acceptStateLoss }, terminal);
      return terminal
        .out()
        .split("\n")
        .filter((text) => text.includes('"state_changed"'))
        .map((text) => JSON.parse(text) as { level: string; found: string; msg: string });
    },
    /** Of the records of W&B. */
    uids: () =>
      hec
        .taken()
        .filter(({ text }) => !text.includes(replaced))
        .map(({ text }) => (JSON.parse(text) as { fields: { event_uid: string } }).fields.event_uid),
    told: () => hec.taken().filter(({ text }) => text.includes(replaced)).length,
  };
}

it("a state restored from a backup delivers again what came since, with the same uids, and says so", async () => {
  const { place, append, once, uids, told } = await between();
  append(20);
  expect(await once()).toEqual([]);
  cpSync(place.stateDir, `${place.stateDir}-backup`, { recursive: true });
  append(5);
  expect(await once()).toEqual([]);
  const delivered = uids();
  expect(new Set(delivered).size).toBe(25);
  rmSync(place.stateDir, { recursive: true });
  cpSync(`${place.stateDir}-backup`, place.stateDir, { recursive: true });
  chmodSync(place.stateDir, 0o700);
  append(2);
  expect(await once()).toMatchObject([
    { level: "warn", found: "older", msg: expect.stringContaining("delivered again, with the same uids") },
  ]);
  expect(uids()).toHaveLength(32);
  expect(new Set(uids()).size).toBe(27);
  expect(new Set(uids().slice(25))).toEqual(new Set([...delivered.slice(20), ...uids().slice(30)]));
  expect(await once()).toEqual([]);
  expect(told()).toBe(1);
});

it("a state that vanished is no first start: everything comes again only when a person says so", async () => {
  const { place, append, once, uids } = await between();
  append(3);
  await once();
  rmSync(place.stateDir, { recursive: true });
  await expect(once()).rejects.toMatchObject({ failure: "state_lost" });
  expect(uids()).toHaveLength(3);
  await once(true);
  // That the loss was accepted is told, too.
  expect(uids()).toHaveLength(6 + 1);
  expect(new Set(uids()).size).toBe(3 + 1);
});
