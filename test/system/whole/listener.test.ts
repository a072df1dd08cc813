import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { controlPath, queryDaemon } from "../../../src/admin/ask.ts";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { eventually, startProgram, workplace } from "./daemon.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const events = 12_000;
const clients = 1_000;
/** Delivered events for the same CPU time, with the clients to without. Time on the wall would measure the clients' own CPU too. */
const leastRatio = 0.4;

describe("the listener of a running daemon", () => {
  it("does not slow delivery, whatever 1,000 slow clients do to it", { timeout: 120_000 }, async () => {
    const random = seededRandom(3);
    const wandb = await startWandbServer({ clock: systemClock, random });
    const hec = await startHecReceiver();
    const place = workplace(
      (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 3d, poll_interval: 1h }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN}", format: raw, compression: none, batch: { max_events: 200, max_wait: 10ms }, retry: { hold_interval: 50ms } }
admin: { listen: "127.0.0.1:0" }
`,
    );
    const daemon = startProgram(["run", "-c", place.config], {
      KEY: "some-key-for-tests",
      TOKEN: "00000000-0000-4000-8000-000000000000",
    });
    closing.push(
      () => wandb.close(),
      () => hec.close(),
      () => place.remove(),
      () => daemon.kill("SIGKILL"),
    );
    await eventually("the listener is up", () => /"admin":"http:[^"]+"/.test(daemon.stdout()));
    const port = Number(/"admin":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(daemon.stdout())?.[1]);
    const status = async () => {
      const answer = await queryDaemon({ socketPath: controlPath(place.stateDir) }, "/status", 5_000);
      return JSON.parse(answer?.body ?? "{}").outputs[0] as { state: string; backlog_events: number };
    };

    /** CPU time the daemon has used, in seconds (proc(5), 100 ticks a second). */
    const cpu = () => {
      const fields = readFileSync(`/proc/${daemon.pid}/stat`, "latin1")
        .replace(/^.*\) /, "")
        .split(" ");
      return (Number(fields[11]) + Number(fields[12])) / 100;
    };

    /** Events a second, on the wall and of CPU time, from the moment the receiver lets them in; everything is read and kept by then. */
    async function drained(): Promise<{ wall: number; cpu: number }> {
      hec.behave("unauthorized");
      const before = hec.count();
      for (let count = 0; count < events; count++) wandb.log.append(wandbEntry(random, Date.now()));
      daemon.kill("SIGHUP");
      await eventually("all of it is kept", async () => (await status()).backlog_events >= events, 30_000);
      hec.behave("accept");
      await eventually("it goes on", () => hec.count() > before);
      const [first, began, used] = [hec.count(), performance.now(), cpu()];
      await eventually("all of it is delivered", () => hec.count() >= before + events, 60_000);
      const delivered = before + events - first;
      return { wall: (delivered / (performance.now() - began)) * 1000, cpu: delivered / (cpu() - used) };
    }

    // The first time everything is slower.
    await drained();
    const quiet = await drained();
    const script = join(import.meta.dirname, "slow-clients.ts");
    const attackers = spawn(process.execPath, [script, String(port), String(clients)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    closing.push(() => attackers.kill("SIGKILL"));
    await once(attackers.stdout, "data");
    const attacked = await drained();
    // Those who look after it still reach it.
    expect((await queryDaemon({ socketPath: controlPath(place.stateDir) }, "/livez", 5_000))?.status).toBe(
      200,
    );
    attackers.kill("SIGKILL");
    await eventually("the listener answers again", async () =>
      queryDaemon({ host: "127.0.0.1", port }, "/livez", 2_000).then(
        (answer) => answer?.status === 200,
        () => false,
      ),
    );
    const ratio = attacked.cpu / quiet.cpu;
    process.stdout.write(
      `${clients} slow clients: ${Math.round(attacked.wall)} events/s, without them ${Math.round(quiet.wall)}; for a second of CPU ${Math.round(attacked.cpu)} and ${Math.round(quiet.cpu)}, ratio ${ratio.toFixed(2)}\n`,
    );
    expect(ratio).toBeGreaterThan(leastRatio);
  });

  it("does not start where others could ask without a token", { timeout: 20_000 }, async () => {
    const place = workplace(
      (stateDir) => `
state_dir: ${stateDir}
sources: [{ name: prod, type: wandb_api, url: "http://127.0.0.1:1", api_key: "\${KEY}" }]
outputs: [{ name: out, type: stdout }]
admin: { listen: "0.0.0.0:0" }
`,
    );
    closing.push(() => place.remove());
    const daemon = startProgram(["run", "-c", place.config], { KEY: "some-key-for-tests" });
    expect(await daemon.exited).toEqual({ code: 2, signal: null });
    expect(daemon.stderr()).toMatch(/admin\.listen: others can reach this address.*set admin\.token/);
  });
});
