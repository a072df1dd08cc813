import { afterEach, describe, expect, it } from "vitest";
import { run } from "../../src/command/run.ts";
import { startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../src/simulate/wandb-server.ts";
import { systemClock } from "../../src/time/clock.ts";
import { resolver } from "../fake/resolver.ts";
import { eventually, workplace } from "../system/whole/daemon.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const timeoutMs = 15_000;

/** A run to now against servers that are reached by names, which are what the test makes of them. */
async function begin(names: Record<string, string | readonly string[]>) {
  const random = seededRandom(3);
  const wandb = await startWandbServer({ clock: systemClock, random });
  wandb.log.append(wandbEntry(random, systemClock.now()));
  const hec = await startHecReceiver({ token: "the-right-token" });
  const byName = (url: string, name: string) => url.replace("127.0.0.1", name);
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${byName(wandb.url, "w.example")}", instance: a.example, api_key: some-key-1, allow_plaintext: true }
outputs:
  - { name: splunk, type: splunk_hec, url: "${byName(hec.url, "siem.example")}", token: the-right-token, allow_plaintext: true, batch: { max_wait: 10ms }, retry: { min_backoff: 10ms, hold_interval: 20ms } }
admin: { listen: off }
`,
  );
  closing.push(wandb.close, hec.close, place.remove, resolver(names));
  const terminal = fakeTerminal();
  const options = { config: place.config, once: true, timeoutMs, acceptStateLoss: false };
  return { hec, terminal, ended: run(options, terminal) };
}

const said = (terminal: ReturnType<typeof fakeTerminal>, word: string) =>
  terminal.out().includes(word) || terminal.err().includes(word);

describe("run --once", () => {
  it("waits for a resolver that does not answer, for source and output alike", async () => {
    const names: Record<string, string | readonly string[]> = {
      "w.example": "EAI_AGAIN",
      "siem.example": "EAI_AGAIN",
    };
    const { hec, terminal, ended } = await begin(names);
    await eventually("the source is retried", () => said(terminal, "EAI_AGAIN w.example"));
    names["w.example"] = ["127.0.0.1"];
    await eventually("the output is retried", () => said(terminal, "EAI_AGAIN siem.example"));
    names["siem.example"] = ["127.0.0.1"];
    expect(await ended).toBe(0);
    expect(hec.count()).toBe(1);
    expect(said(terminal, "HELD")).toBe(false);
  });

  it("does not wait for a name of the source that does not exist", async () => {
    const began = performance.now();
    const { terminal, ended } = await begin({ "w.example": "ENOTFOUND", "siem.example": ["127.0.0.1"] });
    expect(await ended).toBe(1);
    expect(performance.now() - began).toBeLessThan(timeoutMs);
    expect(said(terminal, "ENOTFOUND w.example")).toBe(true);
  });
});
