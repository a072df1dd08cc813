import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { sampleEvents } from "../../contract/sample-event.ts";
import { agreed, asked, type Lie, letIn, lyingBroker } from "../../fake/lying-broker.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { kafkaOutput, to } from "./subject.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
const never = new AbortController().signal;
const login = { username: "me", password: "a-long-password" };

async function loggingIn(mechanism: string, lie: Lie) {
  const broker = await lyingBroker({ [asked.handshake]: () => agreed(mechanism), [asked.login]: lie });
  undo.push(() => broker.close());
  const output = kafkaOutput({ ...to(broker), timeout: "2s", sasl: { mechanism, ...login } });
  undo.push(() => output.close());
  const result = await output.send(payloadsOf(output, sampleEvents(2)), never);
  return { result, broker };
}

/** The number that a client's first message holds, and the server's has to begin with. */
const nonce = (request: Buffer) => /,r=([\w-]+)/.exec(request.toString("latin1"))?.[1] ?? "";

const isLast = (request: Buffer) => request.includes(",p=");

/** The broker's part of SCRAM (RFC 5802 §3). */
function scramServer(hash: "sha256" | "sha512"): Lie {
  const salt = Buffer.from("salt");
  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();
  const salted = pbkdf2Sync(login.password, salt, 4_096, hash === "sha256" ? 32 : 64, hash);
  let begun = "";
  return (request) => {
    const text = request.toString("latin1");
    const first = /n=me,r=[\w-]+/.exec(text)?.[0];
    if (first !== undefined) {
      const answer = `r=${nonce(request)}x,s=${salt.toString("base64")},i=4096`;
      begun = `${first},${answer}`;
      return letIn(answer);
    }
    const [, last = "", proof = ""] = /(c=biws,r=[\w-]+),p=(\S+)/.exec(text) ?? [];
    const said = `${begun},${last}`;
    const clientKey = hmac(salted, "Client Key");
    const signature = hmac(createHash(hash).update(clientKey).digest(), said);
    const proven = Buffer.from(proof, "base64").map((byte, at) => byte ^ (signature[at] as number));
    if (!clientKey.equals(proven)) return undefined;
    return letIn(`v=${hmac(hmac(salted, "Server Key"), said).toString("base64")}`);
  };
}

it.each([
  ["SCRAM-SHA-256", "sha256"],
  ["SCRAM-SHA-512", "sha512"],
] as const)("who knows the password is let in, and knows the broker by it: %s", async (mechanism, hash) => {
  expect((await loggingIn(mechanism, scramServer(hash))).result.status).toBe("delivered");
});

describe("what a broker says during a login", () => {
  it.each([
    ["nothing", () => ""],
    ["control characters", () => "\u0000\u0001\u001b[2J"],
    ["an error where none can be", () => `e=other-error ${login.password}`],
    ["no number", () => "s=AAAA,i=4096"],
    ["another number", () => "r=other,s=AAAA,i=4096"],
    ["no salt", (request: Buffer) => `r=${nonce(request)}x,i=4096`],
    ["no iterations", (request: Buffer) => `r=${nonce(request)}x,s=AAAA`],
    ["iterations for an hour", (request: Buffer) => `r=${nonce(request)}x,s=AAAA,i=2147483647`],
    ["more than there are", (request: Buffer) => `r=${nonce(request)}x,s=AAAA,i=99999999999999`],
    ["the names of parts of objects", () => "__proto__=1,constructor=2"],
    [
      "a signature of somebody else",
      (request: Buffer) => (isLast(request) ? "v=AAAA" : `r=${nonce(request)}x,s=AAAA,i=4096`),
    ],
    [
      "garbage at its end",
      (request: Buffer) => (isLast(request) ? "=,=," : `r=${nonce(request)}x,s=AAAA,i=4096`),
    ],
  ])("ends the login, and nothing else: %s", async (_, words) => {
    for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-512"]) {
      const { result } = await loggingIn(mechanism, (request) => letIn(words(request)));
      expect(result).toMatchObject({ status: "retry", hold: true });
      expect(JSON.stringify(result)).not.toContain(login.password);
    }
  });

  it("makes nobody show who he is again and again: however long it is good for", async () => {
    for (const lifeMs of [1n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n]) {
      const { result, broker } = await loggingIn("PLAIN", () => letIn("", lifeMs));
      expect(result.status).toBe("delivered");
      const before = broker.count(asked.login);
      await sleep(100);
      expect(broker.count(asked.login)).toBe(before);
    }
  });
});
