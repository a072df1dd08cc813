import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { otlpKind } from "../../../src/output/otlp/kind.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { startGrpcReceiver } from "../../../src/simulate/grpc-receiver.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../../../src/simulate/otlp-receiver.ts";
import { sampleEvent, sampleEvents, sampleOrigin } from "../../contract/sample-event.ts";
import { certificates } from "../../fake/certificates.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { eventWith, faulty, undated } from "../../format/arbitrary-event.ts";
import { eventOf, vectors } from "../../format/vectors.ts";
import { agent, attributeText, otlpOutput } from "./subject.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
const soon = () => AbortSignal.timeout(5000);

async function receiver(options: Parameters<typeof startOtlpReceiver>[0] = {}): Promise<OtlpReceiver> {
  const started = await startOtlpReceiver(options);
  undo.push(() => started.close());
  return started;
}

function output(
  to: OtlpReceiver | string,
  written: Record<string, unknown> = {},
  environment: Record<string, string> = {},
) {
  const made = otlpOutput({ endpoint: typeof to === "string" ? to : to.url, ...written }, environment);
  undo.push(() => made.close());
  return made;
}

/** Sends fewer, down to one, as the loop does. */
async function rejectedOf(
  out: ReturnType<typeof output>,
  events: ReturnType<typeof sampleEvents>,
): Promise<string[]> {
  if ((await send(out, events)).status === "delivered") return [];
  if (events.length === 1) return events.map(({ uid }) => uid);
  const half = Math.ceil(events.length / 2);
  const first = await rejectedOf(out, events.slice(0, half));
  return [...first, ...(await rejectedOf(out, events.slice(half)))];
}

function send(out: ReturnType<typeof output>, events: ReturnType<typeof sampleEvents>) {
  return out.send(payloadsOf(out, events), soon());
}

describe("otlp", () => {
  it("sends what the golden vectors say, decoded by a reader that shares no code with the writer", async () => {
    const to = await receiver();
    const events = vectors.map(({ input, uid }) => eventOf(input, uid));
    expect(await send(output(to), events)).toEqual({ status: "delivered", rejected: [] });
    const expected = vectors.map(({ otlp }) => ({ timeUnixNano: "0", ...(otlp as object) }));
    expect(
      to.taken().map(({ resource: _, scope: __, ...record }) => ({
        ...record,
        attributes: sorted(record.attributes),
      })),
    ).toEqual(
      expected.map((one) => ({
        ...one,
        attributes: sorted((one as unknown as { attributes: { key: string }[] }).attributes),
      })),
    );
  });

  it("says the same as JSON as it says as protobuf", async () => {
    const [first, second] = [await receiver(), await receiver()];
    const events = [...vectors.map(({ input, uid }) => eventOf(input, uid)), faulty, undated(eventWith())];
    await send(output(first), events);
    await send(output(second, { protocol: "http/json" }), events);
    expect(second.taken()).toEqual(first.taken());
    expect(second.headers()["content-type"]).toBe("application/json");
  });

  it("keeps the order of records, each under the instance it comes from", async () => {
    const to = await receiver();
    const other = { ...sampleOrigin, source: "stage", instance: "stage.wandb.io" };
    await send(output(to), [sampleEvent(1), { ...sampleEvent(2), origin: other }, sampleEvent(3)]);
    const instances = to
      .taken()
      .map(({ resource }) => resource.find(({ key }) => key === "service.instance.id")?.value);
    expect(instances).toEqual([
      { stringValue: "acme.wandb.io" },
      { stringValue: "stage.wandb.io" },
      { stringValue: "acme.wandb.io" },
    ]);
    expect(to.taken()[0]?.scope).toBe(agent.name);
  });

  it("leaves the original out when told to", async () => {
    const to = await receiver();
    await send(output(to, { original: false }), [sampleEvent(1)]);
    await send(output(to), [sampleEvent(1)]);
    expect(to.taken().map((record) => attributeText(record, "log.record.original") !== undefined)).toEqual([
      false,
      true,
    ]);
  });

  it("compresses unless told not to", async () => {
    const to = await receiver();
    await send(output(to), sampleEvents(1));
    expect(to.headers()["content-encoding"]).toBe("gzip");
    await send(output(to, { compression: "zstd" }), sampleEvents(1));
    expect(to.headers()["content-encoding"]).toBe("zstd");
    await send(output(to, { compression: "none" }), sampleEvents(1));
    expect(to.headers()["content-encoding"]).toBeUndefined();
    expect(to.taken()).toHaveLength(3);
    expect(to.headers()["user-agent"]).toBe("wandb-audit-forwarder/0.0.0");
  });

  it("takes in a batch what it takes in the request, but for what stands around the records", async () => {
    const sizes: number[] = [];
    const to = await receiver();
    for (const protocol of ["http/protobuf", "http/json"] as const) {
      const out = output(to, { protocol, compression: "none" });
      const events = [...sampleEvents(50), sampleEvent(99, "é😀".repeat(500))];
      await send(out, events);
      const estimate = payloadsOf(out, events).byteLength;
      sizes.push(estimate / Number(to.headers()["content-length"]));
    }
    for (const ratio of sizes) expect(ratio).toBeGreaterThan(0.98);
    for (const ratio of sizes) expect(ratio).toBeLessThan(1);
  });

  it("OTLP-PARTIAL: finds the record that a receiver rejects by sending fewer, and gives up that one alone", async () => {
    for (const protocol of ["http/protobuf", "http/json", "grpc"] as const) {
      const to = protocol === "grpc" ? await startGrpcReceiver() : await receiver();
      undo.push(() => to.close());
      to.behave("partial", { match: "poison" });
      const events = [...sampleEvents(4), sampleEvent(9, "poison"), ...sampleEvents(13).slice(10)];
      const out = otlpOutput({ endpoint: to.url, protocol });
      expect(await send(out, events)).toEqual({
        status: "refused",
        reason: "partial_success",
        detail: "1 of 8 records rejected: some records are not valid",
      });
      expect(await rejectedOf(out, events)).toEqual([sampleEvent(9).uid]);
      const uids = to.taken().map((record) => attributeText(record, "log.record.uid"));
      expect(new Set(uids)).toEqual(
        new Set(events.map(({ uid }) => uid).filter((uid) => uid !== sampleEvent(9).uid)),
      );
      await out.close();
    }
  });

  it("OTLP-WARN: passes on a message without rejected records", async () => {
    const to = await receiver();
    to.behave("warn");
    for (const protocol of ["http/protobuf", "http/json"] as const)
      expect(await send(output(to, { protocol }), sampleEvents(2))).toEqual({
        status: "delivered",
        rejected: [],
        warning: "an attribute is deprecated",
      });
  });

  it("sends its headers and reads their secrets again each time", async () => {
    const to = await receiver();
    let token = "first";
    const config = otlpKind.schema.parse({
      name: "x",
      type: "otlp",
      endpoint: to.url,
      headers: { "X-Tenant": "acme" },
    });
    const secret = new Secret("first");
    secret.bind(() => token);
    const out = otlpKind.create(
      { ...config, headers: { ...config.headers, Authorization: secret } },
      outputContext,
    ) as ReturnType<typeof output>;
    undo.push(() => out.close());
    await send(out, sampleEvents(1));
    expect(to.headers()).toMatchObject({ authorization: "first", "x-tenant": "acme" });
    token = "second";
    secret.reload();
    await send(out, sampleEvents(1));
    expect(to.headers().authorization).toBe("second");
    token = "third\r\nx-forged: yes";
    secret.reload();
    const result = await send(out, sampleEvents(1));
    expect(result).toMatchObject({ status: "retry", reason: "configuration", hold: true });
    expect(JSON.stringify(result)).not.toContain("third");
  });

  it("verifies the receiver's certificate, and shows its own", async () => {
    const made = certificates();
    undo.push(() => made.remove());
    const server = made.issue("otel");
    const to = await receiver({ tls: { cert: readFileSync(server.cert), key: readFileSync(server.key) } });
    expect(await send(output(to), sampleEvents(1))).toMatchObject({
      status: "retry",
      reason: "tls",
      hold: true,
    });
    expect((await send(output(to, { tls: { ca: made.ca } }), sampleEvents(1))).status).toBe("delivered");
    const environment = { OTEL_EXPORTER_OTLP_CERTIFICATE: made.ca };
    expect((await send(output(to, {}, environment), sampleEvents(1))).status).toBe("delivered");
    expect(await output(to, { tls: { ca: made.ca } }).probe(soon())).toMatchObject([
      { level: "warning", text: expect.stringContaining("certificate valid for 1 days") },
      { level: "ok", text: expect.stringContaining("takes log records") },
    ]);
  });

  it("tells `check` what is wrong without leaving an event behind", async () => {
    const to = await receiver({ authorization: "Bearer right" });
    expect(await output(to).probe(soon())).toMatchObject([
      { level: "problem", text: "HTTP 401: unauthorized" },
    ]);
    expect(await output(`${to.url}/elsewhere`).probe(soon())).toMatchObject([
      { level: "problem", fix: expect.stringContaining("path") },
    ]);
    expect(to.count()).toBe(0);
  });

  it("keeps to the shorter of its timeout and the variable's", async () => {
    const to = await receiver();
    to.behave("hang");
    const began = performance.now();
    expect(
      await send(output(to, {}, { OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: "150" }), sampleEvents(1)),
    ).toMatchObject({ status: "retry", reason: "timeout" });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

function sorted<T extends { key: string }>(attributes: readonly T[]): T[] {
  return [...attributes].sort((a, b) => (a.key < b.key ? -1 : 1));
}
