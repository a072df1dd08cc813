import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { reportLog } from "../../src/report/log.ts";
import type { Report } from "../../src/report/report.ts";
import { history } from "../../src/status/history.ts";
import { type Metrics, metrics } from "../../src/status/metrics.ts";
import { collector as clientOf } from "../../src/telemetry/collector.ts";
import type { Telemetry } from "../../src/telemetry/options.ts";
import { telemetry } from "../../src/telemetry/telemetry.ts";
import { systemClock } from "../../src/time/clock.ts";
import { certificates } from "../fake/certificates.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { fakeRuntimeView } from "../status/fake-runtime-view.ts";
import { type Collector, startCollector } from "./collector.ts";

const key = "Bearer of-a-key-nobody-may-see";
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const reports = {
  polled: {
    type: "poll_done",
    source: "prod",
    fetched: 250,
    new: 100,
    late: 2,
    unparseable: 1,
    seconds: 2.5,
    caughtUp: true,
  },
  pollFailed: {
    type: "poll_failed",
    source: "prod",
    reason: "unauthorized",
    message: "words of the remote",
    fix: "",
    retryInMs: 1000,
    seconds: 0.25,
  },
  sent: {
    type: "delivered",
    output: "splunk",
    events: 90,
    bytes: 1_000,
    seconds: 0.03,
    ages: [2, 40, 400_000],
  },
  sendFailed: {
    type: "delivery_failed",
    output: "soc",
    reason: "tls",
    detail: "words of the remote",
    retryInMs: 1000,
    seconds: 0.5,
  },
} satisfies Record<string, Report>;

async function collector(answer?: Uint8Array): Promise<Collector> {
  const started = await startCollector(answer);
  closing.push(() => started.close());
  return started;
}

interface Started {
  readonly own: Telemetry | undefined;
  readonly counts: Metrics;
  readonly startedAt: number;
  readonly troubles: string[];
  close(withinMs?: number): Promise<void>;
}

async function start(environment: Record<string, string>): Promise<Started> {
  const { runtime } = fakeRuntimeView();
  const counts = metrics(runtime, history(runtime));
  const troubles: string[] = [];
  const own = await telemetry({
    environment,
    agent: { name: "wandb-audit-forwarder", version: "1.2.3" },
    random: () => 0.001,
    instance: "one-of-many",
    runtime: { clock: systemClock, startedAt: runtime.startedAt },
    samples: counts.samples,
    tell: (report) => {
      if (report.type === "telemetry_trouble") troubles.push(report.text);
    },
  });
  const close = async (withinMs = 2_000) => own?.close(withinMs, new AbortController().signal);
  closing.push(() => close(0));
  return { own, counts, startedAt: runtime.startedAt, troubles, close };
}

const both = { OTEL_TRACES_EXPORTER: "otlp", OTEL_METRICS_EXPORTER: "otlp" };

describe("telemetry", () => {
  it("does nothing unless the exporters are asked for", async () => {
    for (const environment of [
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SERVICE_NAME: "x" },
      { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "prometheus" },
      { ...both, OTEL_SDK_DISABLED: "TRUE" },
      { OTEL_TRACES_EXPORTER: "", OTEL_METRICS_EXPORTER: "" },
    ]) {
      const { own, troubles } = await start(environment);
      expect({ own, troubles }).toEqual({ own: undefined, troubles: [] });
    }
  });

  it("loads the SDK only then", () => {
    const src = join(import.meta.dirname, "../../src");
    const importers = readdirSync(src, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .filter((file) =>
        /from "(@opentelemetry\/sdk-(trace|metrics)|[./]+pipelines\.ts)"/.test(
          readFileSync(join(src, file), "utf8"),
        ),
      );
    expect(importers.sort()).toEqual([
      "telemetry/metric-producer.ts",
      "telemetry/pipelines.ts",
      "telemetry/spans.ts",
    ]);
  });

  it("makes a span of every read and every send", async () => {
    const { url, spans, received } = await collector();
    const { own, troubles, close } = await start({
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/base/`,
    });
    const now = systemClock.now();
    for (const report of Object.values(reports)) own?.note(report);
    own?.note({ type: "filtered", output: "soc", events: 3 });
    await close();
    expect(troubles).toEqual([]);
    expect(received.map(({ path }) => path)).toEqual(["/base/v1/traces"]);
    expect(spans.map(({ name, status, attributes }) => ({ name, status, ...attributes }))).toEqual([
      {
        name: "poll",
        status: 0,
        source: "prod",
        fetched: 250,
        new: 100,
        late: 2,
        unparseable: 1,
        caught_up: true,
      },
      { name: "poll", status: 2, source: "prod", "error.type": "unauthorized" },
      { name: "send", status: 0, output: "splunk", events: 90 },
      { name: "send", status: 2, output: "soc", "error.type": "tls" },
    ]);
    expect(spans.map(({ startMs, endMs }) => Math.round((endMs - startMs) / 10) * 10)).toEqual([
      2500, 250, 30, 500,
    ]);
    for (const { endMs, kind } of spans) {
      expect(Math.abs(endMs - now)).toBeLessThan(5_000);
      expect(kind).toBe(3);
    }
    expect(new Set(spans.map(({ trace }) => trace)).size).toBe(4);
  });

  it("sends every own metric with the name, type, labels and value a scrape shows", async () => {
    const { url, metrics } = await collector();
    const { counts, startedAt, troubles, close } = await start({
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${url}/into/metrics`,
    });
    for (const report of Object.values(reports)) counts.note(report);
    await close();
    const scraped = (await counts.text()).split("\n").filter((line) => /^wandb_audit_forwarder_/.test(line));
    const sent = metrics.at(-1)?.flatMap(scrapeLines) ?? [];
    const moving = /source_lag_seconds|output_lag_seconds/;
    expect(sent.filter((line) => !moving.test(line)).sort()).toEqual(
      scraped.filter((line) => !moving.test(line)).sort(),
    );
    expect(sent.length).toBe(scraped.length);
    const types = [...(await counts.text()).matchAll(/^# TYPE (wandb_\S+) (\S+)$/gm)];
    expect(metrics.at(-1)?.map(({ name, type }) => `${name} ${type}`)).toEqual(
      types.map(([, name, type]) => `${name} ${type}`).sort(byTable(metrics.at(-1) ?? [])),
    );
    expect(troubles).toEqual([]);
    for (const { type, temporality, monotonic, points } of metrics.at(-1) ?? []) {
      expect(temporality).toBe(type === "gauge" ? 0 : 2);
      expect(monotonic).toBe(type === "counter");
      for (const { startMs, endMs } of points) {
        expect(startMs).toBe(startedAt);
        expect(Math.abs(endMs - systemClock.now())).toBeLessThan(5_000);
      }
    }
  });

  it("says who it is, as the variables have it", async () => {
    const { url, spans, metrics } = await collector();
    const plain = await start({ ...both, OTEL_EXPORTER_OTLP_ENDPOINT: url });
    plain.own?.note(reports.sent);
    await plain.close();
    expect(spans[0]?.resource).toMatchObject({
      "service.name": "wandb-audit-forwarder",
      "service.version": "1.2.3",
      "service.instance.id": "one-of-many",
    });
    expect(metrics[0]?.[0]?.resource).toEqual(spans[0]?.resource);
    const named = await start({
      ...both,
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_SERVICE_NAME: "mine",
      OTEL_RESOURCE_ATTRIBUTES: "service.name=other, deployment.environment.name=a%20b",
    });
    named.own?.note(reports.sent);
    await named.close();
    expect(spans[1]?.resource).toMatchObject({
      "service.name": "mine",
      "deployment.environment.name": "a b",
    });
  });

  it("takes headers and compression from the variables, those for the signal first", async () => {
    const { url, received } = await collector();
    const { close } = await start({
      ...both,
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: `Authorization=${encodeURIComponent(key)},x-tenant=all`,
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: "x-tenant=metrics",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    });
    await close();
    expect(received).toHaveLength(1);
    expect(received[0]?.headers).toMatchObject({
      authorization: key,
      "x-tenant": "metrics",
      "content-encoding": "gzip",
      "content-type": "application/x-protobuf",
      "user-agent": "wandb-audit-forwarder/1.2.3",
    });
  });

  it("samples as asked", async () => {
    const { url, spans } = await collector();
    const { own, close } = await start({
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.2",
    });
    for (let count = 0; count < 400; count++) own?.note(reports.sent);
    await close();
    expect(spans.length).toBeGreaterThan(20);
    expect(spans.length).toBeLessThan(200);
  });

  it("sends metrics at the interval asked for", async () => {
    const { url, metrics } = await collector();
    await start({
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_METRIC_EXPORT_INTERVAL: "50",
    });
    await expect.poll(() => metrics.length, { timeout: 5_000 }).toBeGreaterThan(2);
  });
});

describe("telemetry that cannot be had", () => {
  it("is said once, without values", async () => {
    const { own, troubles } = await start({
      ...both,
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${key}`,
    });
    expect(own).toBeUndefined();
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toContain("OTEL_EXPORTER_OTLP_PROTOCOL");
    expect(troubles[0]).toContain("only http/protobuf");
    expect(troubles[0]).not.toContain("nobody-may-see");
  });

  it("does not take the other signal along", async () => {
    const { url, metrics, spans } = await collector();
    const { own, troubles, close } = await start({
      OTEL_TRACES_EXPORTER: "zipkin,otlp",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta",
    });
    own?.note(reports.sent);
    await close();
    expect(troubles).toHaveLength(1);
    for (const part of ["OTEL_TRACES_EXPORTER", "traces are not sent", "TEMPORALITY"])
      expect(troubles[0]).toContain(part);
    expect({ metrics: metrics.length, spans: spans.length }).toEqual({ metrics: 1, spans: 0 });
  });

  it("never sends a header unencrypted to another machine, nor tells it", async () => {
    const { own, troubles } = await start({
      ...both,
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel.example:4318",
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${key}`,
    });
    expect(own).toBeUndefined();
    expect(troubles.join()).toContain("unencrypted");
    expect(troubles.join()).not.toContain("nobody-may-see");
  });

  it("starts without a certificate file that is missing", async () => {
    const { troubles, own } = await start({
      ...both,
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://127.0.0.1:1",
      OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere/ca.pem",
    });
    own?.note(reports.sent);
    expect(troubles.join()).toContain("/nowhere/ca.pem");
  });
});

describe("a receiver that fails", () => {
  const environment = (url: string) => ({
    ...both,
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(key)}`,
  });

  it("costs a stop no more than the time it is given, and shows no secret", async () => {
    for (const behaviour of ["hang", "reset", "busy", "unauthorized", "redirect", "html", "bomb"] as const) {
      const receiver = await collector();
      receiver.behave(behaviour);
      const { own, troubles, close } = await start(environment(receiver.url));
      for (const report of Object.values(reports)) own?.note(report);
      const before = performance.now();
      await close(200);
      // An attempt alone may take ten seconds.
      expect(performance.now() - before, behaviour).toBeLessThan(5_000);
      await expect.poll(() => troubles.length, { message: behaviour }).toBe(2);
      expect(troubles.join(), behaviour).not.toContain("nobody-may-see");
      expect(troubles.join(), behaviour).not.toContain(Buffer.from(key).toString("base64").slice(0, 20));
    }
  });

  it("is tried again when it was busy", async () => {
    const receiver = await collector();
    receiver.behave("busy", { times: 2, retryAfter: "0" });
    const { own, troubles, close } = await start({
      ...environment(receiver.url),
      OTEL_METRICS_EXPORTER: "none",
    });
    own?.note(reports.sent);
    await close();
    expect(troubles).toEqual([]);
    expect(receiver.requests()).toBe(3);
    expect(receiver.spans).toHaveLength(1);
  });

  it("is trusted as soon as the authority's file has become the right one", async () => {
    const [right, wrong] = [certificates(), certificates()];
    closing.push(right.remove, wrong.remove);
    const { cert, key } = right.issue("collector");
    let requests = 0;
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
      requests++;
      request.resume().on("end", () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const endpoint = new URL(`https://127.0.0.1:${port}/v1/traces`);
    const otlp = { endpoint, headers: [], tls: { ca: wrong.ca } };
    const agent = { name: "test", version: "1" };
    const remote = clientOf({ otlp, environment: {}, agent, clock: systemClock });
    closing.push(() => remote.close());
    const post = () => remote.post(new Uint8Array(1), () => 0, AbortSignal.timeout(10_000));
    expect((await post())?.detail).toContain("certificate");
    copyFileSync(right.ca, wrong.ca);
    // What failed for it reads it again, so that the next one arrives.
    expect((await post())?.detail).toContain("certificate");
    expect(await post()).toBeUndefined();
    expect(requests).toBe(1);
  });

  it("is believed when it rejects some", async () => {
    // ExportTraceServiceResponse: partial_success { rejected_spans: 1, error_message: "no" }
    const receiver = await collector(Buffer.of(0x0a, 6, 0x08, 1, 0x12, 2, 0x6e, 0x6f));
    const { own, troubles, close } = await start({
      ...environment(receiver.url),
      OTEL_METRICS_EXPORTER: "none",
    });
    own?.note(reports.sent);
    await close();
    expect(troubles).toEqual([`traces: 127.0.0.1:${receiver.port} rejected 1 of them`]);
  });

  it("does not wait when there is abandon", async () => {
    const receiver = await collector();
    receiver.behave("hang");
    const { own } = await start(environment(receiver.url));
    own?.note(reports.sent);
    const before = performance.now();
    await own?.close(60_000, AbortSignal.abort());
    expect(performance.now() - before).toBeLessThan(30_000);
  });

  it("is told once a minute", () => {
    const clock = new ManualClock(Date.UTC(2026, 7, 1));
    const lines: string[] = [];
    const log = reportLog({
      level: "info",
      format: "json",
      colors: false,
      clock,
      scrub: (text) => text,
      write: (line) => void lines.push(line),
    });
    for (let second = 0; second < 120; second++) {
      log({ type: "telemetry_trouble", text: `failure ${second}` });
      clock.advance(1_000);
    }
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1] as string)).toMatchObject({
      level: "warn",
      type: "telemetry_trouble",
      repeated: 59,
    });
  });
});

/** What the metric would be in a scrape. */
function scrapeLines({ name, type, points }: Collector["metrics"][number][number]): string[] {
  const series = (suffix: string, labels: Record<string, unknown>) => {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""}`;
  };
  return points.flatMap(({ attributes, value, sum, count, buckets = [], bounds = [] }) => {
    if (type !== "histogram") return [`${series("", attributes)} ${value}`];
    let below = 0;
    return [
      ...buckets.map((bucket, index) => {
        below += bucket;
        const le = bounds[index] ?? "+Inf";
        return `${series("_bucket", name.includes("end_to_end") ? { ...attributes, le } : { le, ...attributes })} ${below}`;
      }),
      `${series("_sum", attributes)} ${sum}`,
      `${series("_count", attributes)} ${count}`,
    ];
  });
}

/** Orders `name type` as the metrics came. */
function byTable(order: readonly { readonly name: string }[]): (a: string, b: string) => number {
  const place = (text: string) => order.findIndex(({ name }) => text.startsWith(`${name} `));
  return (a, b) => place(a) - place(b);
}
