import { afterEach, describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { rawServer, swallow } from "../../fake/raw-server.ts";
import { eventually, startProgram, workplace } from "./daemon.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe("the daemon, behind a proxy that swallows CONNECT", () => {
  it("tells it within its limits, and ends when it is asked to", { timeout: 60_000 }, async () => {
    const random = seededRandom(3);
    const wandb = await startWandbServer({ clock: systemClock, random });
    wandb.log.append(wandbEntry(random, Date.now() - 5_000));
    const proxy = await rawServer(swallow);
    const place = workplace(
      (stateDir) => `
state_dir: ${stateDir}
shutdown_timeout: 2s
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}" }
  - { name: far, type: wandb_api, url: "https://w.example", api_key: "\${KEY}", proxy: "http://127.0.0.1:${proxy.port}", read: { timeout: 1s } }
outputs:
  - { name: splunk, type: splunk_hec, url: "https://splunk.example:8088", token: "\${KEY}", proxy: "http://127.0.0.1:${proxy.port}", timeout: 1s }
admin: { listen: off }
`,
    );
    closing.push(wandb.close, proxy.close, place.remove);
    const daemon = startProgram(["run", "-c", place.config], { KEY: "some-key-for-tests" });
    closing.push(() => daemon.kill("SIGKILL"));
    const said = (text: string) => daemon.stdout().includes(text) || daemon.stderr().includes(text);
    await eventually("the source tells", () => said("no answer from the proxy to CONNECT w.example:443"));
    await eventually("the output tells", () =>
      said("no answer from the proxy to CONNECT splunk.example:8088"),
    );
    const asked = performance.now();
    daemon.kill("SIGTERM");
    expect((await daemon.exited).signal).toBeNull();
    expect(performance.now() - asked).toBeLessThan(5_000);
  });
});
