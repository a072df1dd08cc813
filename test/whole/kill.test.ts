import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { startSyslogReceiver } from "../../src/simulate/syslog-receiver.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../src/simulate/wandb-server.ts";
import { eventually, startProgram, type Workplace, workplace } from "./daemon.ts";

const kills = Number(process.env.KILLS ?? 50);
const seed = Number(process.env.SEED ?? 20_666);
const batch = 40;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe("the daemon, killed at random moments", () => {
  it("loses nothing, invents nothing, and repeats at most a batch per kill and output", {
    timeout: 60_000 + kills * 4000,
  }, async () => {
    const random = seededRandom(seed);
    const apiKey = "key-for-the-kill-test";
    const wandb = await startWandbServer({ clock: systemClock, random, apiKey });
    const hec = await startHecReceiver({ keep: 1_000_000 });
    const syslog = await startSyslogReceiver({ transport: "tcp", keep: 1_000_000 });
    const place: Workplace = workplace(
      (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 3d, poll_interval: 1s }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN}", format: raw, batch: { max_events: ${batch}, max_wait: 20ms }, retry: { min_backoff: 20ms, max_backoff: 200ms, hold_interval: 200ms } }
  - { name: soc, type: syslog, address: "${syslog.url}", format: cef, batch: { max_events: ${batch}, max_wait: 20ms }, retry: { min_backoff: 20ms, max_backoff: 200ms } }
admin: { listen: off }
log: { level: error }
`,
    );
    closing.push(
      () => wandb.close(),
      () => hec.close(),
      () => syslog.close(),
      () => place.remove(),
    );
    const environment = { KEY: apiKey, TOKEN: "00000000-0000-4000-8000-000000000000" };

    // The log grows while the daemon dies and comes back: in order, late, in twins, renamed, in any order.
    wandb.behave({ shuffle: true, flapping: 0.05 });
    const grow = () => {
      const now = Date.now();
      for (let count = Math.floor(random() * 30); count >= 0; count--) {
        if (random() < 0.2) wandb.log.late(wandbEntry(random, now - random() * 86_400_000));
        else wandb.log.append(wandbEntry(random, now - random() * 5000));
        if (random() < 0.15) wandb.log.twin();
      }
    };
    let ambiguous = 0;
    let renames = 0;
    for (let kill = 0; kill < kills; kill++) {
      grow();
      if (random() < 0.1)
        wandb.log.rename(
          renames % 2 === 0 ? "defect-detector" : "renamed",
          renames++ % 2 === 0 ? "renamed" : "defect-detector",
        );
      if (random() < 0.15) wandb.behave({ fault: random() < 0.5 ? "short_body" : "reset", faultTimes: 1 });
      const luck = random();
      if (luck < 0.2) hec.behave("busy", { times: 1 });
      else if (luck < 0.4) {
        ambiguous++;
        hec.behave("accept_then_cut", { times: 1 });
      }
      const daemon = startProgram(["run", "-c", place.config], environment);
      // Some die while they start, most while they read and deliver.
      const asked = wandb.taken().length;
      if (random() < 0.15) await systemClock.sleep(random() * 250);
      else {
        await eventually("the source is read", () => wandb.taken().length > asked);
        await systemClock.sleep(random() * 300);
      }
      daemon.kill("SIGKILL");
      expect(await daemon.exited, daemon.stderr()).toEqual({ code: null, signal: "SIGKILL" });
    }

    wandb.behave({ flapping: 0, fault: undefined });
    hec.behave("accept");
    const truth = wandb.log.all();
    const last = startProgram(["run", "--once", "-c", place.config], environment);
    expect(await last.exited, last.stderr()).toEqual({ code: 0, signal: null });

    const rawOf = (text: string) => JSON.parse(text).event as Record<string, unknown>;
    const byUid = new Map<string, string[]>();
    for (const { text, fields } of hec.taken()) push(byUid, String(fields?.event_uid), text);
    const syslogByUid = new Map<string, string[]>();
    for (const message of syslog.taken())
      push(syslogByUid, /externalId=([0-9a-f]{32})/.exec(message)?.[1] ?? "none", message);

    // Nothing lost, nothing invented: exactly as many uids as true events, and the events are the true ones but for names.
    const stable = ({ project_name: _, ...event }: Record<string, unknown>) => JSON.stringify(event);
    const delivered = [...byUid.values()].map(([first]) => stable(rawOf(first as string)));
    expect(delivered.sort()).toEqual(truth.map((line) => stable(JSON.parse(line))).sort());
    expect(new Set(syslogByUid.keys())).toEqual(new Set(byUid.keys()));
    // A repeat is the same, byte for byte.
    for (const copies of [...byUid.values(), ...syslogByUid.values()]) expect(new Set(copies).size).toBe(1);
    const repeats = (events: Map<string, string[]>) =>
      [...events.values()].reduce((sum, copies) => sum + copies.length - 1, 0);
    expect(repeats(byUid)).toBeLessThanOrEqual((kills + ambiguous) * batch);
    expect(repeats(syslogByUid)).toBeLessThanOrEqual(kills * batch);
    // A run in which nothing happened proves nothing.
    expect(truth.length).toBeGreaterThan(kills * 5);
    expect(repeats(byUid) + repeats(syslogByUid)).toBeGreaterThan(0);
    expect(renames).toBeGreaterThan(0);
    process.stdout.write(
      `kills ${kills}, seed ${seed}: ${truth.length} events × 2 outputs, 0 lost, 0 invented, repeats ${repeats(byUid)} + ${repeats(syslogByUid)} of at most ${(kills + ambiguous) * batch} + ${kills * batch}\n`,
    );
  });
});

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
