import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/event/event.ts";
import { compressions } from "../../src/output/kafka/client.ts";
import { recordOf } from "../../src/output/kafka/record.ts";
import type { Output } from "../../src/output/output.ts";
import { sampleEvent, sampleEvents } from "../contract/sample-event.ts";
import { encoded, payloadsOf } from "../fake/payloads.ts";
import { kafkaOutput } from "../output/kafka/subject.ts";
import { eventOf } from "../security/event-of.ts";
import { hostile } from "../security/hostile.ts";
import { kafkaIsHere, type RealKafka, startKafka, startProxy, unsignedToken, whyNoKafka } from "./kafka.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function outputOf(written: object): Output {
  const output = kafkaOutput(written);
  closing.push(() => output.close());
  return output;
}

const send = (output: Output, events: readonly AuditEvent[]) =>
  output.send(payloadsOf(output, events), AbortSignal.timeout(40_000));

/** Sends until it is delivered, as the delivery loop does; how often that failed. */
async function delivered(
  output: Output,
  events: readonly AuditEvent[],
  deadline: AbortSignal,
): Promise<number> {
  const batch = payloadsOf(output, events);
  for (let failures = 0; ; failures++) {
    const result = await output.send(batch, deadline);
    if (result.status === "delivered") return failures;
    deadline.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(!kafkaIsHere)(`a real Kafka (${whyNoKafka})`, () => {
  let kafka: RealKafka;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "kafka-test-"));
    kafka = await startKafka();
    await kafka.topic("audit", "--partitions", "3");
  }, 60_000);
  afterAll(async () => {
    await kafka?.close();
    rmSync(folder, { recursive: true });
  });

  const plain = (topic: string) => ({
    ...{ brokers: [`127.0.0.1:${kafka.ports.plain}`], transport: "plaintext", topic },
  });

  it("holds every event as it was made, in every format and compression", { timeout: 120_000 }, async () => {
    await kafka.topic("formats", "--partitions", "1", "--config", "max.message.bytes=20000000");
    const events = [...hostile.map(({ line }) => eventOf(line)), ...sampleEvents(3)];
    const expected: unknown[] = [];
    for (const [at, format] of ["ecs", "json", "cim", "cef", "raw", "otlp"].entries()) {
      const compression = compressions[at % compressions.length];
      const output = outputOf({ ...plain("formats"), format, compression, key: "uid" });
      expect(await send(output, events)).toMatchObject({ status: "delivered", rejected: [] });
      for (const event of events)
        expected.push({
          partition: 0,
          headers: { uid: event.uid, source: event.origin.source, format },
          key: event.uid,
          value: recordOf(encoded(output, event), "uid").value.toString(),
        });
    }
    expect(await kafka.consume("formats", expected.length)).toEqual(expected);
  });

  it("has each key where Java's own client puts it", { timeout: 60_000 }, async () => {
    for (const topic of ["ours", "javas"]) await kafka.topic(topic, "--partitions", "7");
    const events = sampleEvents(60);
    expect(await send(outputOf(plain("ours")), events)).toMatchObject({ status: "delivered" });
    await kafka.produce(
      "javas",
      events.map(({ uid }) => `h:1\t${uid}\tv`),
    );
    const places = async (topic: string) =>
      new Map((await kafka.consume(topic, 60)).map(({ key, partition }) => [key, partition]));
    const ours = await places("ours");
    expect(ours.size).toBe(60);
    expect(ours).toEqual(await places("javas"));
  });

  it("lets in by every way, and names the cure where it does not", { timeout: 60_000 }, async () => {
    const { certs } = kafka;
    const ca = `${certs}/ca.pem`;
    const token = join(folder, "token");
    writeFileSync(token, unsignedToken("user", 300));
    const byPassword = (mechanism: string, password = "secret") => ({
      mechanism,
      username: "user",
      password,
    });
    const sasl = (way: object) => ({
      ...{ brokers: [`127.0.0.1:${kafka.ports.sasl}`], transport: "plaintext", topic: "audit", sasl: way },
    });
    const secured = (more: object) => ({ topic: "audit", ...more });
    const [tls, saslTls] = [kafka.ports.tls, kafka.ports.saslTls].map((port) => [`127.0.0.1:${port}`]);
    const ways = [
      sasl(byPassword("PLAIN")),
      sasl(byPassword("SCRAM-SHA-256")),
      sasl(byPassword("SCRAM-SHA-512")),
      sasl({ mechanism: "OAUTHBEARER", token_file: token }),
      secured({ brokers: tls, tls: { ca, cert: `${certs}/client.crt`, key: `${certs}/client.key` } }),
      secured({ brokers: saslTls, tls: { ca }, sasl: byPassword("SCRAM-SHA-512") }),
    ];
    for (const way of ways) {
      const output = outputOf(way);
      expect(
        (await output.probe(AbortSignal.timeout(10_000))).filter(({ level }) => level === "problem"),
      ).toEqual([]);
      expect(await send(output, sampleEvents(2))).toMatchObject({ status: "delivered" });
    }
    const stale = join(folder, "stale");
    writeFileSync(stale, unsignedToken("user", -5));
    const wrong: readonly (readonly [object, string, RegExp])[] = [
      [sasl(byPassword("PLAIN", "wrong")), "unauthorized", /check `sasl`/],
      [sasl(byPassword("SCRAM-SHA-512", "wrong")), "unauthorized", /check `sasl`/],
      [sasl({ mechanism: "OAUTHBEARER", token_file: stale }), "unauthorized", /check `sasl`/],
      [{ ...plain("audit"), sasl: byPassword("PLAIN") }, "configuration", /remove `sasl`/],
      [sasl({ ...byPassword("PLAIN"), username: "guest" }), "forbidden", /--operation Write/],
      [plain("nowhere"), "wrong_destination", /create the topic/],
      [secured({ brokers: tls }), "tls", /tls\.ca/],
      [secured({ brokers: tls, tls: { ca } }), "tls", /tls\.cert/],
      [{ ...plain("audit"), brokers: tls }, "bad_answer", /transport: tls/],
    ];
    for (const [way, reason, fix] of wrong) {
      const output = outputOf(way);
      expect(await send(output, sampleEvents(1))).toMatchObject({
        ...{ status: "retry", hold: true, reason, fix: expect.stringMatching(fix) },
      });
      const found = await output.probe(AbortSignal.timeout(10_000));
      expect(found.filter(({ level }) => level === "problem")).not.toEqual([]);
    }
  });

  it("gives up an event that is too large, and stores its neighbours once", { timeout: 60_000 }, async () => {
    await kafka.topic("small", "--partitions", "1", "--config", "max.message.bytes=20000");
    const output = outputOf({ ...plain("small"), compression: "none" });
    const events = [sampleEvent(1), sampleEvent(2, "x".repeat(30_000)), sampleEvent(3)];
    const given = [];
    for (let from = 0, count = events.length; from < events.length; ) {
      const result = await send(output, events.slice(from, from + count));
      if (result.status === "refused" && count > 1) count = Math.ceil(count / 2);
      else if (result.status === "refused") given.push(events[from++]?.uid);
      else from += count;
    }
    expect(given).toEqual([sampleEvent(2).uid]);
    const held = (await kafka.consume("small", 2)).map(({ key }) => key);
    expect(held).toEqual([sampleEvent(1).uid, sampleEvent(3).uid]);
  });

  it("is killed three times under load and comes back: nothing is lost, and nothing comes twice but of sends that failed", {
    timeout: 180_000,
  }, async () => {
    await kafka.topic("killed", "--partitions", "3");
    const output = outputOf({ ...plain("killed"), timeout: "60s" });
    const deadline = AbortSignal.timeout(150_000);
    let kills = 0;
    let batches = 0;
    let failures = 0;
    const killing = (async () => {
      for (; kills < 3; kills++) {
        const before = batches;
        await expect.poll(() => batches > before + 10, { timeout: 60_000 }).toBe(true);
        await kafka.kill();
      }
    })();
    const sent: string[] = [];
    for (; kills < 3 || batches < 60; batches++) {
      const events = sampleEvents(100, 1 + batches * 100);
      failures += await delivered(output, events, deadline);
      sent.push(...events.map(({ uid }) => uid));
    }
    await killing;
    const got = (await kafka.consume("killed", sent.length)).map(({ headers }) => headers.uid ?? "");
    expect([...new Set(got)].sort()).toEqual(sent.sort());
    // Only what a send that failed at last had stored comes again.
    expect(got.length - sent.length).toBeLessThanOrEqual(failures * 100);
  });
});

it.skipIf(!kafkaIsHere)(
  `a real Kafka behind what swallows every seventh answer has all, each once beside its uid (${whyNoKafka})`,
  { timeout: 180_000 },
  async () => {
    let port = 0;
    const proxy = await startProxy(7, () => port);
    closing.push(() => proxy.close());
    const kafka = await startKafka(proxy.port);
    closing.push(() => kafka.close());
    port = kafka.ports.sasl;
    await kafka.topic("swallowed", "--partitions", "3");
    const output = outputOf({
      ...{ brokers: [`127.0.0.1:${proxy.port}`], transport: "plaintext", topic: "swallowed", timeout: "3s" },
      sasl: { mechanism: "PLAIN", username: "user", password: "secret" },
    });
    const deadline = AbortSignal.timeout(150_000);
    const events = sampleEvents(4000);
    let failures = 0;
    for (let from = 0; from < events.length; from += 50)
      failures += await delivered(output, events.slice(from, from + 50), deadline);
    const got = await kafka.consume("swallowed", events.length);
    const once = new Map(got.map(({ key, value }) => [key, value]));
    expect(proxy.swallowed()).toBeGreaterThan(10);
    expect(once).toEqual(
      new Map(events.map((event) => [event.uid, recordOf(encoded(output, event), "uid").value.toString()])),
    );
    // What comes twice has the same bytes.
    expect(got.every(({ key, value }) => once.get(key) === value)).toBe(true);
    expect(got.length - once.size).toBeLessThanOrEqual(failures * 50);
  },
);
