import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { anyOutputKind } from "../../../src/output/configured.ts";
import type { Output } from "../../../src/output/output.ts";
import { splunkHecKind } from "../../../src/output/splunk-hec/kind.ts";
import { collectorPath, cookiesOf } from "../../../src/output/splunk-hec/request.ts";
import {
  type HecReceiver,
  type HecReceiverOptions,
  startHecReceiver,
} from "../../../src/simulate/hec-receiver.ts";
import { outputContract } from "../../contract/output-contract.ts";
import { sampleEvent, sampleEvents } from "../../contract/sample-event.ts";
import { certificates } from "../../fake/certificates.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf, textsOf } from "../../fake/payloads.ts";

const token = "canary-5f0c2b9e-token";
const never = new AbortController().signal;

function outputTo(url: string, config: object = {}): Output {
  const parsed = splunkHecKind.schema.parse({ name: "splunk", type: "splunk_hec", url, token, ...config });
  return splunkHecKind.create(parsed, outputContext);
}

outputContract("splunk_hec", {
  kind: anyOutputKind(splunkHecKind),
  folder: new URL("../../../src/output/splunk-hec/", import.meta.url),
  secrets: [token],
  remote: async () => {
    const receiver = await startHecReceiver({ token });
    return {
      ...receiver,
      behave: (behaviour, detail) =>
        receiver.behave(behaviour === "wrong_destination" ? "wrong_index" : behaviour, detail),
      taken: () =>
        receiver.taken().map(({ fields, event }) => ({
          uid: String(fields?.event_uid),
          name: (event as { wandb: { project_name: string } }).wandb.project_name,
        })),
    };
  },
  output: (remote) => outputTo((remote as unknown as HecReceiver).url),
  overTls: (tls) => outputTo("https://127.0.0.1:1", { tls }),
});

describe("splunk_hec", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  async function pair(receiving: HecReceiverOptions = {}, config: object = {}) {
    const receiver = await startHecReceiver({ token, ...receiving });
    const output = outputTo(receiver.url, config);
    opened.push(output, receiver);
    return { receiver, output };
  }

  function send(output: Output, count = 3) {
    return output.send(outgoing(output, count), never);
  }

  function outgoing(output: Output, count = 3) {
    return payloadsOf(output, sampleEvents(count));
  }

  it("sends the event time with milliseconds, the uid as an indexed field, and where it comes from", async () => {
    const { receiver, output } = await pair({}, { index: "security" });
    const event = { ...sampleEvent(1), time: { seconds: 1_785_589_934, nanos: 12_999_999 } };
    await output.send(payloadsOf(output, [event]), never);
    expect(receiver.taken()[0]).toMatchObject({
      time: 1785589934.012,
      host: "acme.wandb.io",
      source: "https://acme.wandb.io",
      sourcetype: "wandb:audit",
      index: "security",
      fields: { event_uid: event.uid, wandb_action: "project:read", outcome: "success" },
    });
    expect(receiver.taken()[0]?.text).toContain('"time":1785589934.012,');
  });

  it("lets host, source and source type be set, and leaves the index to the token", async () => {
    const { receiver, output } = await pair(
      {},
      { host: "h", source: "s", sourcetype: "t", compression: "none" },
    );
    await send(output, 1);
    expect(receiver.taken()[0]).toMatchObject({ host: "h", source: "s", sourcetype: "t" });
    expect(receiver.taken()[0]).not.toHaveProperty("index");
  });

  it("gives an undated event the time it was first seen", async () => {
    const { receiver, output } = await pair();
    const { time: _, ...undated } = sampleEvent(1);
    await output.send(payloadsOf(output, [undated]), never);
    expect(receiver.taken()[0]?.time).toBe(undated.observed.seconds);
  });

  it.each(["cim", "raw", "ecs", "cef", "ocsf"])(
    "sends %s, also of a record that is no JSON",
    async (format) => {
      const { receiver, output } = await pair({}, { format });
      const faulty = {
        ...sampleEvent(2),
        raw: "not\njson\u2028",
        fault: "not_json",
        keys: {},
        action: "unknown",
      };
      const batch = payloadsOf(output, [sampleEvent(1), faulty]);
      expect(await output.send(batch, never)).toMatchObject({ status: "delivered" });
      expect(receiver.taken().map(({ event }) => typeof event)).toEqual(
        format === "cef" ? ["string", "string"] : ["object", "object"],
      );
    },
  );

  it("puts a record of any text into exactly one event", async () => {
    const { receiver, output } = await pair();
    const texts = fc.sample(fc.string({ unit: "binary", maxLength: 60 }), 300);
    const events = texts.map((text, number) => sampleEvent(number, text));
    const batch = payloadsOf(output, events);
    expect(await output.send(batch, never)).toMatchObject({ status: "delivered" });
    const names = receiver
      .taken()
      .map(({ event }) => (event as { wandb: { project_name: string } }).wandb.project_name);
    expect(names).toEqual(texts);
  });

  it("HEC-CODE6-N: names the bad event, whether or not the events before it were indexed", async () => {
    for (const behaviour of ["refuse_one", "refuse_one_late"] as const) {
      const { receiver, output } = await pair();
      receiver.behave(behaviour, { match: "project 2" });
      const batch = outgoing(output);
      expect(await output.send(batch, never)).toMatchObject({ status: "refused", named: [1] });
      expect(await output.send(batch.only([0, 2]), never)).toMatchObject({
        status: "delivered",
      });
      expect(receiver.taken()).toHaveLength(behaviour === "refuse_one" ? 2 : 3);
      expect(new Set(receiver.taken().map(({ text }) => text))).toEqual(
        new Set(textsOf(batch.only([0, 2])).map((text) => text.trimEnd())),
      );
    }
  });

  it("HEC-CODE7: holds on an index the token may not write to", async () => {
    const { receiver, output } = await pair({ indexes: ["main"] }, { index: "security" });
    expect(await send(output)).toMatchObject({ status: "retry", hold: true, reason: "wrong_destination" });
    expect(receiver.taken()).toEqual([]);
  });

  it("HEC-CODE9: retries a busy collector, and goes on by itself", async () => {
    const { receiver, output } = await pair();
    receiver.behave("busy", { times: 1 });
    expect(await send(output)).toMatchObject({ status: "retry", reason: "busy" });
    expect(await send(output)).toMatchObject({ status: "delivered" });
  });

  it("HEC-DISABLED: holds on a disabled token", async () => {
    const { receiver, output } = await pair();
    receiver.behave("disabled");
    expect(await send(output)).toMatchObject({ status: "retry", hold: true, reason: "forbidden" });
  });

  it("HEC-NODATA: never sends an empty batch", async () => {
    const { receiver, output } = await pair();
    expect(await output.send(payloadsOf(output, []), never)).toMatchObject({ status: "delivered" });
    expect(receiver.requests()).toBe(0);
  });

  it("takes a filling queue for a delivery, and slows down", async () => {
    const { receiver, output } = await pair();
    receiver.behave("near_capacity");
    expect(await send(output)).toEqual({ status: "delivered", rejected: [], slowDownMs: 5000 });
    expect(receiver.taken()).toHaveLength(3);
  });

  it("OUT-401-ROT: uses a token that was read again", async () => {
    const receiver = await startHecReceiver({ token: "the-new-token" });
    const config = splunkHecKind.schema.parse({
      name: "s",
      type: "splunk_hec",
      url: receiver.url,
      token: "the-old-token",
    });
    const output = splunkHecKind.create(config, outputContext);
    opened.push(output, receiver);
    config.token.bind(() => "the-new-token");
    expect(await send(output)).toMatchObject({ status: "retry", hold: true, reason: "unauthorized" });
    expect(config.token.reload()).toBe(true);
    expect(await send(output)).toMatchObject({ status: "delivered" });
  });

  it("holds on a token that cannot stand in a request", async () => {
    const receiver = await startHecReceiver({ token });
    const config = splunkHecKind.schema.parse({
      name: "splunk",
      type: "splunk_hec",
      url: receiver.url,
      token,
    });
    const output = splunkHecKind.create(config, outputContext);
    opened.push(output, receiver);
    // A configuration with such a token is refused; a file can still change to one.
    config.token.bind(() => "two\nlines");
    expect(config.token.reload()).toBe(true);
    expect(await send(output)).toMatchObject({ status: "retry", hold: true, reason: "configuration" });
  });

  it("retries an answer that is cut", async () => {
    const { receiver, output } = await pair();
    receiver.behave("cut_answer", { times: 1 });
    expect(await send(output)).toMatchObject({ status: "retry", reason: "connection_lost" });
    expect(await send(output)).toMatchObject({ status: "delivered" });
  });

  it("gives up a request after `timeout`, whatever the deadline allows", async () => {
    const { receiver, output } = await pair({}, { timeout: "100ms" });
    receiver.behave("hang");
    expect(await send(output)).toMatchObject({ status: "retry", reason: "timeout" });
  });

  it("verifies the certificate, with the authority that is configured", async () => {
    const made = certificates();
    opened.push({ close: async () => made.remove() });
    const files = made.issue("splunk");
    const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    const { receiver, output } = await pair({ tls });
    expect(await send(output)).toMatchObject({ status: "retry", hold: true, reason: "tls" });
    const trusting = outputTo(receiver.url, { tls: { ca: made.ca } });
    opened.unshift(trusting);
    expect(await send(trusting)).toMatchObject({ status: "delivered" });
    const findings = await trusting.probe(AbortSignal.timeout(5000));
    expect(findings[0]?.text).toMatch(/^TLSv1\.3, certificate valid for [01] days$/);
    expect(findings[0]?.level).toBe("warning");
  });

  describe("check", () => {
    it("finds address and token in order, and says what proves the index", async () => {
      const { receiver, output } = await pair({}, { index: "security" });
      const findings = await output.probe(never);
      expect(findings.map(({ level }) => level)).toEqual(["ok", "ok", "ok"]);
      expect(findings[2]?.text).toContain("index security: only an event proves it");
      expect(receiver.taken()).toEqual([]);
    });

    it("names the fix for a wrong token", async () => {
      const { output } = await pair({}, { token: "wrong" });
      const findings = await output.probe(never);
      expect(findings.at(-1)).toMatchObject({ level: "problem", text: "code 4: Invalid token" });
      expect(findings.at(-1)?.fix).toContain("token");
    });

    it("finds a token that asks for acknowledgement nobody configured", async () => {
      const { output } = await pair({ ack: true });
      expect((await output.probe(never)).at(-1)?.fix).toContain("ack: true");
    });

    it("finds acknowledgement working, or switched off at the token", async () => {
      const { output } = await pair({ ack: true }, { ack: true });
      expect((await output.probe(never)).map(({ text }) => text).join()).toContain("delivered means indexed");
      const { output: without } = await pair({}, { ack: true });
      expect((await without.probe(never)).filter(({ level }) => level === "warning")).toHaveLength(1);
    });

    it("says that nobody listens", async () => {
      const { receiver, output } = await pair();
      await receiver.close();
      const findings = await output.probe(never);
      expect(findings).toHaveLength(1);
      expect(findings[0]?.level).toBe("problem");
    });
  });

  describe("the configuration", () => {
    const parse = (more: object) =>
      splunkHecKind.schema.safeParse({
        name: "s",
        type: "splunk_hec",
        url: "https://splunk:8088",
        token: "t",
        ...more,
      });

    it("refuses to send unencrypted to another host unless told so", () => {
      expect(parse({ url: "http://splunk:8088" }).error?.issues[0]?.path).toEqual(["url"]);
      expect(parse({ url: "http://splunk:8088", allow_plaintext: true }).success).toBe(true);
      for (const host of ["localhost", "127.0.0.1", "[::1]"])
        expect(parse({ url: `http://${host}:8088` }).success).toBe(true);
      expect(parse({ url: "http://127.0.0.1.evil.example" }).success).toBe(false);
    });

    it("gives a send that waits for confirmation time for it", () => {
      const config = splunkHecKind.schema.parse({
        name: "s",
        type: "splunk_hec",
        url: "https://s",
        token: "t",
        ack: true,
      });
      expect(splunkHecKind.sendTimeoutMs?.(config)).toBeGreaterThan(config.ack_timeout + config.timeout);
      expect(splunkHecKind.guarantee(config)).toBe("acknowledged");
      expect(splunkHecKind.sendTimeoutMs?.({ ...config, ack: false })).toBe(config.timeout);
      expect(splunkHecKind.guarantee({ ...config, ack: false })).toBe("received");
    });

    it("refuses an index that Splunk could not have", () => {
      for (const index of ["", "Main", "a b", "-a", "a/b"]) expect(parse({ index }).success).toBe(false);
    });
  });

  it("finds the collector under any form of its URL", () => {
    for (const path of [
      "",
      "/",
      "/services/collector",
      "/services/collector/event",
      "/services/collector/event/1.0/",
    ])
      expect(collectorPath(new URL(`https://s${path}`))).toBe("/services/collector");
    expect(collectorPath(new URL("https://s/hec/"))).toBe("/hec/services/collector");
  });

  it("sends a balancer's cookies back without their attributes", () => {
    expect(cookiesOf("AWSELB=a; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/, B=c=d; Secure")).toBe(
      "AWSELB=a; B=c=d",
    );
    expect(cookiesOf(undefined)).toBeUndefined();
  });

  it("keeps a balancer's cookie when another one sets its own", () => {
    const first = cookiesOf("SRV=indexer-3; Path=/, waf=1; HttpOnly");
    expect(cookiesOf("waf=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT", first)).toBe("SRV=indexer-3; waf=2");
    expect(cookiesOf(undefined, first)).toBe(first);
    const many = Array.from({ length: 60 }, (_, at) => `c${at}=1; Path=/`).join(", ");
    expect(cookiesOf(many, first)?.split("; ")).toHaveLength(50);
  });

  it("are no more than a request may carry, and the balancer's that is set anew stays", () => {
    const set = (before: string | undefined, at: number) =>
      cookiesOf(`SRV=indexer-${at}; Path=/, waf${at}=${"x".repeat(300)}; Path=/`, before);
    let cookies: string | undefined;
    for (let at = 0; at < 100; at += 1) cookies = set(cookies, at);
    expect(cookies?.length).toBeLessThanOrEqual(4096);
    expect(cookies).toContain("SRV=indexer-99; waf99=");
    expect(cookiesOf(`huge=${"x".repeat(5000)}`, "SRV=indexer-3")).toBe("SRV=indexer-3");
    const short = (before: string | undefined, at: number) => cookiesOf(`SRV=indexer-3, w${at}=1`, before);
    let many: string | undefined;
    for (let at = 0; at < 60; at += 1) many = short(many, at);
    expect(many).toContain("SRV=indexer-3");
  });
});
