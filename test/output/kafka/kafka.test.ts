import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Output, SendResult } from "../../../src/output/output.ts";
import {
  type KafkaReceiver,
  type KafkaReceiverOptions,
  plainLogin,
  startKafkaReceiver,
} from "../../../src/simulate/kafka-receiver.ts";
import { sampleEvent, sampleEvents } from "../../contract/sample-event.ts";
import { certificates } from "../../fake/certificates.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { rawServer, swallow } from "../../fake/raw-server.ts";
import { startTokenIssuer } from "../../fake/token-issuer.ts";
import { kafkaOutput, to } from "./subject.ts";

const never = new AbortController().signal;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function broker(options: KafkaReceiverOptions = {}): Promise<KafkaReceiver> {
  const receiver = await startKafkaReceiver(options);
  closing.push(() => receiver.close());
  return receiver;
}

function outputOf(written: object): Output {
  const output = kafkaOutput(written);
  closing.push(() => output.close());
  return output;
}

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), "kafka-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

const send = (output: Output, events = sampleEvents(3), deadline = never): Promise<SendResult> =>
  output.send(payloadsOf(output, events), deadline);
const uids = (receiver: KafkaReceiver) => receiver.taken().map(({ headers }) => headers.uid);

describe("a login that is good for a while", () => {
  const sasl = { mechanism: "PLAIN", username: "me", password: "a-password" };
  const login = { ...plainLogin("me", "a-password"), sessionMs: 1000 };

  it("is made anew on the same connection", async () => {
    let logins = 0;
    const accepts = (shown: string) => ++logins > 0 && login.accepts(shown);
    const receiver = await broker({ login: { ...login, accepts } });
    const output = outputOf({ ...to(receiver), sasl });
    await send(output);
    expect(logins).toBe(1);
    await sleep(1000);
    expect(logins).toBe(2);
    expect(await send(output)).toMatchObject({ status: "delivered" });
    expect(receiver.connections()).toBe(1);
  });

  it("ends with its connection: the next one is kept, and ended with the output", async () => {
    const receiver = await broker({ login });
    const output = outputOf({ ...to(receiver), sasl, timeout: "600ms" });
    await send(output);
    receiver.cut();
    await sleep(50);
    await send(output);
    await sleep(1300);
    expect(await send(output)).toMatchObject({ status: "delivered" });
    expect(receiver.connections()).toBe(1);
    await output.close();
    await expect.poll(() => receiver.connections()).toBe(0);
  });
});

describe("a record", () => {
  it("has the uid as its key, and says in headers what it is", async () => {
    const receiver = await broker();
    const before = Date.now();
    await send(outputOf(to(receiver)), [sampleEvent(1)]);
    const [record] = receiver.taken();
    const { uid } = sampleEvent(1);
    expect(record).toMatchObject({ key: uid, headers: { uid, source: "prod", format: "ecs" } });
    expect(record?.headers).not.toHaveProperty("replay_id");
    expect(JSON.parse(record?.value ?? "")).toMatchObject({ event: { id: uid } });
    expect(Number(record?.timestamp)).toBeGreaterThanOrEqual(before);
  });

  it("says by which replay it is sent again", async () => {
    const receiver = await broker();
    await send(outputOf(to(receiver)), [{ ...sampleEvent(1), replayId: "20260801120000" }]);
    expect(receiver.taken()[0]?.headers.replay_id).toBe("20260801120000");
  });

  it("has the actor as its key, and who has none the uid", async () => {
    const receiver = await broker();
    const { actor_user_id: _, ...without } = sampleEvent(2).keys;
    const { actor_email: __, ...nobody } = without;
    const events = [
      sampleEvent(1),
      { ...sampleEvent(2), keys: without },
      { ...sampleEvent(3), keys: nobody },
    ];
    await send(outputOf({ ...to(receiver), key: "actor" }), events);
    expect(receiver.taken().map(({ key }) => key)).toEqual(["8347", "ada@acme.example", sampleEvent(3).uid]);
  });

  it("has the time of its event where that is wanted", async () => {
    const receiver = await broker();
    await send(outputOf({ ...to(receiver), timestamp: "event" }), [sampleEvent(1)]);
    expect(Number(receiver.taken()[0]?.timestamp)).toBe((sampleEvent(1).time?.seconds ?? 0) * 1000);
  });

  it("lies where Java's clients put its key; without one, a batch is in one partition", async () => {
    const receiver = await broker({ partitions: 5 });
    await send(outputOf(to(receiver)), sampleEvents(200));
    const keyed = new Map(receiver.taken().map(({ key, partition }) => [key, partition]));
    expect([...keyed].filter(([key = ""], _) => keyed.get(key) !== (murmur2(key) & 0x7fffffff) % 5)).toEqual(
      [],
    );
    expect(new Set(keyed.values()).size).toBe(5);
    const alone = outputOf({ ...to(receiver), key: "none" });
    for (const from of [1000, 1100]) await send(alone, sampleEvents(20, from));
    const later = receiver.taken().slice(200);
    expect(later.every(({ key }) => key === undefined)).toBe(true);
    expect(
      [0, 20].map((from) => new Set(later.slice(from, from + 20).map((each) => each.partition)).size),
    ).toEqual([1, 1]);
    expect(later[0]?.partition).not.toBe(later[20]?.partition);
  });
});

/** As Java's clients have it, by 32-bit arithmetic; `test/real/kafka.test.ts` asks one of them. */
function murmur2(text: string): number {
  const bytes = Buffer.from(text);
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let k = Math.imul(bytes.readInt32LE(at), m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = bytes.length - at;
  if (rest > 0) {
    for (let left = rest - 1; left >= 0; left--) h ^= (bytes[at + left] as number) << (8 * left);
    h = Math.imul(h, m);
  }
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}

describe("a request whose answer is lost", () => {
  it.each(["swallow", "cut", "not_leader", "few_replicas", "unknown_producer"] as const)(
    "is repeated, and stored once: %s",
    async (behavior) => {
      const receiver = await broker({ partitions: 3 });
      const output = outputOf({ ...to(receiver), timeout: "3s" });
      await send(output);
      receiver.behave(behavior, { times: 1 });
      expect(await send(output, sampleEvents(30, 10))).toMatchObject({ status: "delivered", rejected: [] });
      expect(new Set(uids(receiver)).size).toBe(33);
      expect(receiver.count()).toBe(33);
    },
  );

  it("comes again with the next send where no answer came in time, and not what was answered", async () => {
    const receiver = await broker({ partitions: 3 });
    const output = outputOf({ ...to(receiver), timeout: "600ms" });
    receiver.behave("swallow");
    const events = sampleEvents(30);
    expect(await send(output, events)).toMatchObject({ status: "retry", reason: "timeout" });
    receiver.behave("accept");
    expect(await send(output, events)).toMatchObject({ status: "delivered" });
    expect(new Set(uids(receiver)).size).toBe(30);
    expect(receiver.count()).toBeLessThanOrEqual(60);
  });

  it("is no reason to wait where nobody is there from the beginning", async () => {
    const receiver = await broker();
    await receiver.close();
    expect(await send(outputOf({ ...to(receiver), timeout: "30s" }))).toMatchObject({ reason: "connect" });
  });
});

describe("partitions", () => {
  it("stand for themselves: what one of them stores does not come again because of another", async () => {
    const receiver = await broker({ partitions: 4 });
    const output = outputOf(to(receiver));
    const events = [...sampleEvents(8), sampleEvent(99, "poison"), sampleEvent(100, "poison")];
    receiver.behave("refuse_one", { match: "poison" });
    const first = await send(output, events);
    const stored = receiver.count();
    expect(first.status === "refused" || first.status === "delivered").toBe(true);
    if (first.status === "refused") {
      const bad = new Set(first.named);
      expect(
        await send(
          output,
          events.filter((_, index) => !bad.has(index)),
        ),
      ).toMatchObject({
        status: "delivered",
      });
    }
    expect(stored).toBeLessThanOrEqual(8);
    expect(receiver.count()).toBe(8);
    expect(new Set(uids(receiver)).size).toBe(8);
  });

  it("of which one is too large alone leave a dead letter, and the rest stored once", async () => {
    const receiver = await broker({ partitions: 50 });
    const output = outputOf(to(receiver));
    receiver.behave("too_large", { maxBytes: 20_000 });
    const events = [sampleEvent(1), sampleEvent(2, "x".repeat(30_000)), sampleEvent(3)];
    expect(await send(output, events)).toMatchObject({
      status: "delivered",
      rejected: [{ index: 1, reason: "too_large", detail: expect.stringContaining("MESSAGE_TOO_LARGE") }],
    });
    expect(uids(receiver).sort()).toEqual([sampleEvent(1).uid, sampleEvent(3).uid]);
  });

  it("slow down who sends when they ask for it", async () => {
    const receiver = await broker();
    receiver.behave("throttle", { waitMs: 1234 });
    expect(await send(outputOf(to(receiver)))).toMatchObject({ status: "delivered", slowDownMs: 1234 });
  });
});

describe("what a person has to repair is told at once, with its cure", () => {
  const held = (reason: string, fix: RegExp) => ({
    ...{ status: "retry", hold: true, reason },
    fix: expect.stringMatching(fix),
  });

  it("a password that is wrong, in mid-run too; and it is not shown", async () => {
    const receiver = await broker({ login: plainLogin("me", "the-right-one") });
    const output = outputOf({
      ...to(receiver),
      sasl: { mechanism: "PLAIN", username: "me", password: "the-wrong-one" },
    });
    const result = await send(output);
    expect(result).toMatchObject(held("unauthorized", /check `sasl`/));
    expect(JSON.stringify(result)).not.toContain("the-wrong-one");
    const good = outputOf({
      ...to(receiver),
      sasl: { mechanism: "PLAIN", username: "me", password: "the-right-one" },
    });
    expect(await send(good)).toMatchObject({ status: "delivered" });
    receiver.behave("unauthorized");
    expect(await send(good)).toMatchObject(held("unauthorized", /check `sasl`/));
    receiver.behave("accept");
    expect(await send(good)).toMatchObject({ status: "delivered" });
  });

  it.each([
    ["no_topic", "wrong_destination", /create the topic/],
    ["forbidden", "forbidden", /--operation Write/],
  ] as const)("%s", async (behavior, reason, fix) => {
    const receiver = await broker();
    receiver.behave(behavior);
    expect(await send(outputOf(to(receiver)))).toMatchObject(held(reason, fix));
  });

  it("SASL where none is asked for, another mechanism, and none where it is", async () => {
    const plain = await broker();
    const sasl = { mechanism: "PLAIN", username: "me", password: "a-password" };
    expect(await send(outputOf({ ...to(plain), sasl }))).toMatchObject(
      held("configuration", /remove `sasl`/),
    );
    const locked = await broker({ login: plainLogin("me", "a-password") });
    const scram = { ...sasl, mechanism: "SCRAM-SHA-256" };
    expect(await send(outputOf({ ...to(locked), sasl: scram }))).toMatchObject(
      held("configuration", /sasl\.mechanism/),
    );
    expect(await send(outputOf(to(locked)))).toMatchObject({
      ...{ status: "retry", reason: "connection_lost" },
      fix: expect.stringMatching(/wants SASL/),
    });
  });

  it("a compression that the brokers do not know", async () => {
    const receiver = await broker();
    expect(await send(outputOf({ ...to(receiver), compression: "lz4" }))).toMatchObject(
      held("configuration", /gzip or none/),
    );
  });

  it("something that is no broker", async () => {
    const http = createHttp((_, answer) => void answer.end("<html>hello"));
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    closing.push(() => http.close());
    const ssh = await rawServer((socket) => void socket.resume().write("SSH-2.0-OpenSSH_9.2p1\r\n"));
    closing.push(ssh.close);
    for (const port of [(http.address() as AddressInfo).port, ssh.port]) {
      const output = outputOf(to({ address: `127.0.0.1:${port}` }));
      expect(await send(output)).toMatchObject(held("bad_answer", /not a broker of Kafka/));
    }
  });

  it("a port that says nothing", async () => {
    const silent = await rawServer(swallow);
    closing.push(silent.close);
    const output = outputOf({ ...to({ address: `127.0.0.1:${silent.port}` }), timeout: "500ms" });
    expect(await send(output)).toMatchObject({ status: "retry", reason: "timeout" });
  });
});

describe("TLS", () => {
  async function secured(options: { readonly client?: boolean } = {}) {
    const made = certificates();
    closing.push(() => made.remove());
    const { cert, key } = made.issue("broker");
    const receiver = await broker({
      tls: {
        cert: readFileSync(cert),
        key: readFileSync(key),
        ...(options.client === true && {
          ...{ requestCert: true, rejectUnauthorized: true },
          ca: readFileSync(made.ca),
        }),
      },
    });
    return { made, receiver };
  }

  it("is the default, and its certificate is looked at", async () => {
    const { made, receiver } = await secured();
    const known = outputOf({ brokers: [receiver.address], tls: { ca: made.ca } });
    expect(await send(known)).toMatchObject({ status: "delivered" });
    expect(await send(outputOf({ brokers: [receiver.address] }))).toMatchObject({
      ...{ status: "retry", hold: true, reason: "tls" },
      fix: expect.stringContaining("tls.ca"),
    });
  });

  it("shows who this is (mutual TLS), and tells where that is not taken", async () => {
    const { made, receiver } = await secured({ client: true });
    const mine = made.issue("forwarder", { client: true });
    const tls = { ca: made.ca, cert: mine.cert, key: mine.key };
    expect(await send(outputOf({ brokers: [receiver.address], tls }))).toMatchObject({ status: "delivered" });
    expect(await send(outputOf({ brokers: [receiver.address], tls: { ca: made.ca } }))).toMatchObject({
      ...{ status: "retry", hold: true, reason: "tls" },
      fix: expect.stringContaining("tls.cert"),
    });
  });

  it("at a port without it, and a port with it spoken to without, name the cure", async () => {
    const { receiver } = await secured();
    expect(await send(outputOf({ ...to(receiver), timeout: "2s" }))).toMatchObject({
      status: "retry",
      fix: expect.stringContaining("transport: tls"),
    });
    const plain = await broker();
    expect(await send(outputOf({ brokers: [plain.address], timeout: "2s" }))).toMatchObject({
      status: "retry",
      fix: expect.stringContaining("transport: plaintext"),
    });
  });

  it("files that change are used by the next send", async () => {
    const { made, receiver } = await secured({ client: true });
    const folder = folderOf();
    const put = (pair: { cert: string; key: string }) => {
      writeFileSync(join(folder, "cert.pem"), readFileSync(pair.cert));
      writeFileSync(join(folder, "key.pem"), readFileSync(pair.key));
    };
    const stranger = certificates("another authority");
    closing.push(() => stranger.remove());
    put(stranger.issue("forwarder", { client: true }));
    const output = outputOf({
      brokers: [receiver.address],
      tls: { ca: made.ca, cert: join(folder, "cert.pem"), key: join(folder, "key.pem") },
    });
    expect(await send(output)).toMatchObject({ status: "retry", reason: "tls" });
    put(made.issue("forwarder", { client: true }));
    expect(output.reload?.()).toBe(true);
    expect(await send(output)).toMatchObject({ status: "delivered" });
  });
});

describe("OAUTHBEARER", () => {
  const takes = (token: () => string) => ({
    mechanism: "OAUTHBEARER" as const,
    accepts: (shown: string) =>
      shown === `n,,\u0001auth=Bearer ${token()}\u0001logicalCluster=lkc-1\u0001\u0001`,
  });
  const extensions = { logicalCluster: "lkc-1" };

  it("reads the token from its file for each connection", async () => {
    const folder = folderOf();
    const file = join(folder, "token");
    writeFileSync(file, "first.token\n");
    let wanted = "first.token";
    const receiver = await broker({ login: takes(() => wanted) });
    const output = outputOf({
      ...to(receiver),
      sasl: { mechanism: "OAUTHBEARER", token_file: file, extensions },
    });
    expect(await send(output)).toMatchObject({ status: "delivered" });
    wanted = "second.token";
    writeFileSync(file, "second.token\n");
    receiver.cut();
    expect(await send(output, sampleEvents(2, 10))).toMatchObject({ status: "delivered" });
    writeFileSync(file, "two words");
    receiver.cut();
    const result = await send(output);
    expect(result).toMatchObject({ status: "retry", hold: true, fix: expect.stringContaining("token_file") });
    expect(JSON.stringify(result)).not.toContain("two words");
  });

  it("asks an issuer for a token, and for another one when it is refused", async () => {
    const issuer = await startTokenIssuer();
    closing.push(() => issuer.close());
    let wanted = "issued-token-0001";
    const receiver = await broker({ login: takes(() => wanted) });
    const output = outputOf({
      ...to(receiver),
      sasl: {
        mechanism: "OAUTHBEARER",
        extensions,
        oauth2: { token_url: `${issuer.url}/token`, client_id: "me", client_secret: "client-secret" },
      },
    });
    expect(await send(output)).toMatchObject({ status: "delivered" });
    wanted = "issued-token-0002";
    issuer.answer(200, { access_token: wanted, token_type: "Bearer", expires_in: 3600 });
    receiver.cut();
    expect(await send(output, sampleEvents(2, 10))).toMatchObject({ status: "delivered" });
    expect(issuer.asked()).toHaveLength(2);
    issuer.answer(401, { error: "invalid_client" });
    wanted = "a third";
    receiver.cut();
    expect(await send(output)).toMatchObject({ status: "retry", hold: true, reason: "unauthorized" });
  });
});

describe("check", () => {
  it("tells of brokers, login, topic, replicas and settings, and leaves no record", async () => {
    const receiver = await broker({ partitions: 3, login: plainLogin("me", "a-password") });
    const output = outputOf({
      ...to(receiver),
      brokers: ["127.0.0.1:1", receiver.address],
      sasl: { mechanism: "PLAIN", username: "me", password: "a-password" },
    });
    const found = await output.probe(AbortSignal.timeout(5000));
    expect(found.map(({ level, text }) => `${level} ${text}`)).toEqual([
      expect.stringMatching(/^warning 127\.0\.0\.1:1: .*ECONNREFUSED/),
      `ok ${receiver.address}: takes connections`,
      "ok lets this client in (PLAIN)",
      "ok topic wandb-audit has 3 partitions, and this client may write to it",
      "ok 3 replicas, 3 in sync, min.insync.replicas 2",
      expect.stringMatching(/^ok max\.message\.bytes is 1 MiB/),
      expect.stringMatching(/^ok records are kept for 7 d/),
    ]);
    expect(receiver.count()).toBe(0);
  });

  it.each([
    ["no_topic", /create the topic/],
    ["forbidden", /--operation Write/],
    ["unauthorized", /check `sasl`/],
  ] as const)("tells of a problem with its fix: %s", async (behavior, fix) => {
    const receiver = await broker({ login: plainLogin("me", "a-password") });
    receiver.behave(behavior);
    const sasl = { mechanism: "PLAIN", username: "me", password: "a-password" };
    const found = await outputOf({ ...to(receiver), sasl }).probe(AbortSignal.timeout(5000));
    expect(found.find(({ level }) => level === "problem")?.fix).toMatch(fix);
  });
});
