import { afterEach, describe, expect, it } from "vitest";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { startCollector } from "../../telemetry/collector.ts";
import { eventually, startProgram, workplace } from "./daemon.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A daemon that sends its own telemetry to a collector, and what it delivers to a HEC receiver. */
async function rig() {
  const random = seededRandom(11);
  const wandb = await startWandbServer({ clock: systemClock, random });
  const hec = await startHecReceiver();
  const collector = await startCollector();
  for (let count = 0; count < 40; count++) wandb.log.append(wandbEntry(random, Date.now()));
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
  closing.push(
    () => wandb.close(),
    () => hec.close(),
    () => collector.close(),
    () => place.remove(),
  );
  const start = () =>
    startProgram(["run", "-c", place.config], {
      KEY: "some-key-for-tests",
      TOKEN: "00000000-0000-4000-8000-000000000000",
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=of-a-key-nobody-may-see",
    });
  return { hec, collector, start };
}

describe("the daemon's own telemetry", () => {
  it("is complete when the daemon has stopped", async () => {
    const { hec, collector, start } = await rig();
    const daemon = start();
    await eventually("everything is delivered", () => hec.count() === 40);
    daemon.kill("SIGTERM");
    expect(await daemon.exited, daemon.stderr()).toEqual({ code: 0, signal: null });
    const sent = collector.spans.filter(({ name }) => name === "send");
    expect(sent.reduce((sum, { attributes }) => sum + Number(attributes.events), 0)).toBe(40);
    const polls = collector.spans.filter(({ name }) => name === "poll");
    expect(polls.reduce((sum, { attributes }) => sum + Number(attributes.new), 0)).toBe(40);
    const last = new Map(collector.metrics.at(-1)?.map((metric) => [metric.name, metric]));
    const delivered = last.get("wandb_audit_forwarder_events_delivered_total");
    expect(delivered?.points).toMatchObject([{ attributes: { output: "splunk" }, value: 40 }]);
    expect(daemon.stdout()).not.toContain("telemetry_trouble");
  });

  it("costs neither deliveries nor the end when its receiver hangs", async () => {
    const { hec, collector, start } = await rig();
    collector.behave("hang");
    const daemon = start();
    await eventually("everything is delivered", () => hec.count() === 40);
    const before = performance.now();
    daemon.kill("SIGTERM");
    expect(await daemon.exited, daemon.stderr()).toEqual({ code: 0, signal: null });
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(daemon.stdout() + daemon.stderr()).not.toContain("nobody-may-see");
  });
});
