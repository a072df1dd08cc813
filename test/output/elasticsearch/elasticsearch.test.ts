import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../src/event/event.ts";
import type { Output } from "../../../src/output/output.ts";
import { ownOrigin } from "../../../src/own/own-origin.ts";
import {
  type ElasticsearchReceiver,
  type ElasticsearchReceiverOptions,
  startElasticsearchReceiver,
} from "../../../src/simulate/elasticsearch-receiver.ts";
import { sampleEvent, sampleEvents } from "../../contract/sample-event.ts";
import { certificates } from "../../fake/certificates.ts";
import { outputContext } from "../../fake/output-context.ts";
import { encoded, payloadsOf } from "../../fake/payloads.ts";
import { elasticOutput, kind } from "./subject.ts";

const never = new AbortController().signal;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function receiverOf(options: ElasticsearchReceiverOptions = {}): Promise<ElasticsearchReceiver> {
  const receiver = await startElasticsearchReceiver(options);
  closing.push(() => receiver.close());
  return receiver;
}

function outputTo(receiver: Pick<ElasticsearchReceiver, "url">, written: object = {}): Output {
  const output = elasticOutput({ urls: [receiver.url], ...written });
  closing.push(() => output.close());
  return output;
}

const send = (output: Output, events: readonly AuditEvent[]) =>
  output.send(payloadsOf(output, events), never);
const again = (events: readonly AuditEvent[]) =>
  events.map((event) => Object.assign({ ...event }, { replayId: "20260801120000" }));
const ids = (receiver: ElasticsearchReceiver) => receiver.taken().map(({ id }) => Number.parseInt(id, 16));

describe("what is sent", () => {
  it("is what was written down: an action with the uid, and the document", () => {
    const output = elasticOutput({ urls: ["http://127.0.0.1:9200"], namespace: "security" });
    const own = { ...sampleEvent(2), origin: ownOrigin, action: "wandb-audit-forwarder:heartbeat" };
    const text = payloadsOf(output, [sampleEvent(1), own])
      .whole()
      .toString();
    const golden = join(import.meta.dirname, "golden", "bulk.ndjson");
    expect(text).toBe(readFileSync(golden, "utf8"));
  });

  it("says of every document which data stream it is of, the forwarder's own included", () => {
    const output = elasticOutput({ urls: ["http://127.0.0.1:9200"], namespace: "security" });
    for (const event of [sampleEvent(1), { ...sampleEvent(2), origin: ownOrigin }]) {
      const [, document = ""] = encoded(output, event).toString().split("\n");
      expect(JSON.parse(document).data_stream).toEqual({
        type: "logs",
        dataset: "wandb.audit",
        namespace: "security",
      });
    }
  });

  it("goes below the path of the address", async () => {
    const receiver = await receiverOf();
    const output = elasticOutput({ urls: [`${receiver.url}/behind/a/gateway/`] });
    closing.push(() => output.close());
    await send(output, sampleEvents(1));
    expect(receiver.asked()[0]).toBe("GET /behind/a/gateway/_resolve/index/logs-wandb.audit-default");
  });
});

describe("answers for each document", () => {
  it("ES-PARTIAL: sends what was throttled again, alone, and gives up what is refused", async () => {
    const receiver = await receiverOf({ refuses: "poison" });
    const output = outputTo(receiver);
    const events = sampleEvents(7);
    events[2] = sampleEvent(3, "poison");
    await send(output, []);
    receiver.behave("throttle_some", { times: 2 });
    const throttled = await send(output, events);
    expect(throttled).toMatchObject({ status: "retry", reason: "rate_limited" });
    expect(throttled).toMatchObject({
      detail: expect.stringContaining("3 of 7 documents not taken: HTTP 429"),
    });
    expect(throttled).not.toHaveProperty("hold");
    expect(ids(receiver)).toEqual([1, 5, 7]);
    // The poison event comes first of what is left, and every second one is throttled.
    expect(await send(output, events)).toMatchObject({ status: "retry", reason: "rate_limited" });
    expect(await send(output, events)).toMatchObject({
      status: "delivered",
      rejected: [{ index: 2, reason: "bad_event", detail: expect.stringContaining("HTTP 400") }],
    });
    expect(ids(receiver).sort()).toEqual([1, 2, 4, 5, 6, 7]);
  });

  it("does not send what was taken of a batch that failed, though a rollover came between", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    await send(output, []);
    receiver.behave("throttle_some", { times: 2 });
    await send(output, sampleEvents(6));
    receiver.rollOver();
    receiver.behave("accept");
    expect(await send(output, sampleEvents(6))).toMatchObject({ status: "delivered", rejected: [] });
    expect(ids(receiver)).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it("ES-READONLY: holds on an index that is blocked, and goes on when it is not", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    await send(output, sampleEvents(1));
    receiver.behave("blocked");
    const result = await send(output, sampleEvents(3));
    expect(result).toMatchObject({ status: "retry", hold: true, reason: "forbidden" });
    expect((result as { fix: string }).fix).toMatch(/index\.blocks.*create_doc/);
    receiver.behave("accept");
    expect(await send(output, sampleEvents(3))).toMatchObject({ status: "delivered" });
    expect(ids(receiver)).toEqual([1, 2, 3]);
  });

  it("holds where the data stream is gone", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    receiver.behave("missing");
    const result = await send(output, sampleEvents(2));
    expect(result).toMatchObject({ status: "retry", hold: true, reason: "not_found" });
    expect((result as { fix: string }).fix).toContain("setup");
  });

  it("gives up what went to the failure store, where nobody looks for it", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    await send(output, sampleEvents(1));
    receiver.behave("failure_store", { match: "project 3" });
    expect(await send(output, sampleEvents(4))).toEqual({
      status: "delivered",
      rejected: [{ index: 2, reason: "bad_event", detail: expect.stringContaining("failure store") }],
    });
  });

  it("takes what is there already for delivered, whoever stored it", async () => {
    const receiver = await receiverOf();
    await send(outputTo(receiver), sampleEvents(5));
    expect(await send(outputTo(receiver), sampleEvents(8))).toEqual({ status: "delivered", rejected: [] });
    expect(ids(receiver)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("loses and doubles nothing when the answer is lost", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    await send(output, sampleEvents(1));
    for (const behaviour of ["accept_then_cut", "cut_answer"] as const) {
      receiver.behave(behaviour, { times: 1 });
      expect(await send(output, sampleEvents(4))).toMatchObject({ status: "retry" });
    }
    expect(await send(output, sampleEvents(4))).toEqual({ status: "delivered", rejected: [] });
    expect(ids(receiver)).toEqual([1, 2, 3, 4]);
  });

  it("never sends an empty request", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    expect(await send(output, [])).toEqual({ status: "delivered", rejected: [] });
    expect(receiver.asked().filter((asked) => asked.endsWith("_bulk"))).toEqual([]);
  });
});

describe("ES-ROLLOVER: after a rollover", () => {
  it("what is sent again is stored again, as the README says", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    await send(output, sampleEvents(2));
    receiver.rollOver();
    expect(await send(output, sampleEvents(2))).toMatchObject({ status: "delivered" });
    expect(ids(receiver)).toEqual([1, 2, 1, 2]);
  });

  it("a replay sends only what no backing index has", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    await send(output, sampleEvents(2));
    receiver.rollOver();
    await send(output, sampleEvents(2, 4));
    receiver.rollOver();
    expect(await send(output, again(sampleEvents(6)))).toEqual({ status: "delivered", rejected: [] });
    expect(ids(receiver)).toEqual([1, 2, 4, 5, 3, 6]);
    expect(receiver.taken().at(-1)?.text).toContain('"labels":{"replay_id":"20260801120000"}');
  });

  it("a replay of thousands asks for a thousand at a time", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    expect(await send(output, again(sampleEvents(2_500)))).toEqual({ status: "delivered", rejected: [] });
    await send(output, again(sampleEvents(2_500)));
    expect(receiver.count()).toBe(2_500);
    const searches = receiver.asked().filter((asked) => asked.endsWith("_search"));
    expect(searches).toHaveLength(6);
  });

  it("a replay ends where the credential may not read, and the output goes on", async () => {
    const receiver = await receiverOf({ lacks: ["read"] });
    const output = outputTo(receiver);
    const result = await send(output, again(sampleEvents(2)));
    expect(result).toMatchObject({ status: "refused", reason: "forbidden" });
    expect((result as { detail: string }).detail).toContain("`read`");
    expect(await send(output, sampleEvents(2))).toMatchObject({ status: "delivered" });
  });

  it("a replay waits while the stream cannot be searched", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    await send(output, sampleEvents(1));
    receiver.behave("busy", { times: 1 });
    const result = await send(output, again(sampleEvents(2)));
    expect(result).toMatchObject({ status: "retry", reason: "busy" });
    expect(ids(receiver)).toEqual([1]);
  });
});

describe("before the first event", () => {
  it("holds where OpenSearch would make a plain index of the name", async () => {
    const receiver = await receiverOf({ product: "opensearch", bare: true });
    const output = outputTo(receiver);
    const result = await send(output, sampleEvents(1));
    expect(result).toMatchObject({ status: "retry", hold: true, reason: "wrong_destination" });
    expect((result as { fix: string }).fix).toContain("setup");
    expect(receiver.count()).toBe(0);
    expect(await output.setup?.(never)).toContainEqual(expect.objectContaining({ level: "ok" }));
    expect(await send(output, sampleEvents(1))).toMatchObject({ status: "delivered" });
  });

  it("installs the templates where that is wanted, once", async () => {
    const receiver = await receiverOf({ product: "opensearch", bare: true });
    const output = outputTo(receiver, { manage_template: true });
    expect(await send(output, sampleEvents(1))).toMatchObject({ status: "delivered" });
    expect([...receiver.cluster.installed.keys()]).toEqual([
      "/_component_template/logs-wandb.audit@mappings",
      "/_component_template/logs-wandb.audit@settings",
      "/_index_template/logs-wandb.audit",
    ]);
    const asked = receiver.asked().length;
    // Files are looked at every few seconds.
    output.reload?.();
    await send(output, sampleEvents(1, 2));
    expect(receiver.asked().slice(asked)).toEqual(["POST /logs-wandb.audit-default/_bulk"]);
  });

  it("holds where the credential may not install them, with what to do", async () => {
    const receiver = await receiverOf({ lacks: ["manage_index_templates"] });
    const result = await send(outputTo(receiver, { manage_template: true }), sampleEvents(1));
    expect(result).toMatchObject({ status: "retry", hold: true, reason: "forbidden" });
    expect((result as { fix: string }).fix).toContain("manage_index_templates");
  });
});

describe("the request", () => {
  it("OUT-413: is refused as too large, so that fewer are sent", async () => {
    const receiver = await receiverOf();
    const output = outputTo(receiver);
    receiver.behave("too_large", { maxBytes: 4_000 });
    expect(await send(output, sampleEvents(5))).toMatchObject({ status: "refused", reason: "too_large" });
    expect(await send(output, sampleEvents(2))).toMatchObject({ status: "delivered" });
  });

  it("OUT-401-ROT: uses a key that was read again", async () => {
    const receiver = await receiverOf({
      authorization: `ApiKey ${Buffer.from("id:new").toString("base64")}`,
    });
    const parsed = kind.schema.parse({
      name: "elastic",
      type: "elasticsearch",
      urls: [receiver.url],
      api_key: "id:old",
    });
    const output = parsed.create(outputContext);
    closing.push(() => output.close());
    const key = (
      parsed.config as unknown as { api_key: { bind(read: () => string): void; reload(): boolean } }
    ).api_key;
    const refused = await send(output, sampleEvents(1));
    expect(refused).toMatchObject({ status: "retry", hold: true, reason: "unauthorized" });
    key.bind(() => "id:new");
    expect(key.reload()).toBe(true);
    expect(await send(output, sampleEvents(1))).toMatchObject({ status: "delivered" });
    key.bind(() => "two\nlines");
    key.reload();
    const unusable = { status: "retry", hold: true, reason: "configuration" };
    expect(await send(output, sampleEvents(1))).toMatchObject(unusable);
  });

  it("verifies the certificate, with the authority that is configured", async () => {
    const made = certificates();
    closing.push(() => made.remove());
    const { cert, key } = made.issue("elastic");
    const receiver = await receiverOf({ tls: { cert: readFileSync(cert), key: readFileSync(key) } });
    expect(await send(outputTo(receiver), sampleEvents(1))).toMatchObject({ hold: true, reason: "tls" });
    const trusting = outputTo(receiver, { tls: { ca: made.ca } });
    expect(await send(trusting, sampleEvents(1))).toMatchObject({ status: "delivered" });
  });
});

describe("the configuration", () => {
  const problems = (written: object) =>
    kind.schema
      .safeParse({ name: "elastic", type: "elasticsearch", urls: ["https://es.example:9200"], ...written })
      .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

  it.each([
    [{ urls: [] }, "urls"],
    [{ urls: ["http://es.example:9200"] }, "urls"],
    [{ namespace: "a-b" }, "namespace"],
    [{ namespace: "A" }, "namespace"],
    [{ username: "me" }, "password"],
    [{ password: "a-password" }, "username"],
    [{ api_key: "id:key", username: "me", password: "a-password" }, "username"],
    [{ username: "a:b", password: "a-password" }, "username"],
    [{ lifecycle: { delete_after: "1h" } }, "lifecycle.delete_after"],
  ])("refuses %o at %s", (written, path) => {
    expect(problems(written)).toEqual([expect.stringMatching(new RegExp(`^${path}`))]);
  });

  it("is the same place for as long as one node and the namespace are the same", () => {
    const destination = (written: object) =>
      kind.schema
        .parse({ name: "elastic", type: "elasticsearch", urls: ["https://es.example:9200"], ...written })
        .destination({});
    expect(destination({})).toEqual(["elasticsearch https://es.example:9200/ logs-wandb.audit-default"]);
    expect(destination({ urls: ["https://other.example", "https://es.example:9200"] })).toContain(
      destination({})[0],
    );
    expect(destination({ namespace: "b" })).not.toContain(destination({})[0]);
  });
});
