import { afterEach, describe, expect, it } from "vitest";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { eventually, startProgram, workplace } from "./daemon.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe("the daemon, restarted by signal", () => {
  it("sends nothing twice", { timeout: 120_000 }, async () => {
    const random = seededRandom(7);
    const wandb = await startWandbServer({ clock: systemClock, random });
    const hec = await startHecReceiver();
    const syslog = await startSyslogReceiver({ transport: "tcp" });
    const place = workplace(
      (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 3d, poll_interval: 1s }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN}", batch: { max_events: 7, max_wait: 10ms } }
  - { name: soc, type: syslog, address: "${syslog.url}", batch: { max_events: 7, max_wait: 10ms } }
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
    for (let restart = 0; restart < 10; restart++) {
      for (let count = 0; count < 60; count++) wandb.log.append(wandbEntry(random, Date.now()));
      const daemon = startProgram(["run", "-c", place.config], {
        KEY: "some-key-for-tests",
        TOKEN: "00000000-0000-4000-8000-000000000000",
      });
      const before = hec.count();
      await eventually("deliveries begin", () => hec.count() > before);
      await systemClock.sleep(random() * 100);
      daemon.kill("SIGTERM");
      expect(await daemon.exited, daemon.stderr()).toEqual({ code: 0, signal: null });
    }
    const uids = hec.taken().map(({ fields }) => String(fields?.event_uid));
    expect(new Set(uids).size).toBe(uids.length);
    expect(new Set(syslog.taken()).size).toBe(syslog.taken().length);
    expect(uids.length).toBeGreaterThan(300);
  });
});
