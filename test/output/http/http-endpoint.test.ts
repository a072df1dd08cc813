import { afterEach, describe, expect, it } from "vitest";
import type { SendResult } from "../../../src/output/output.ts";
import { type EndpointReceiver, startEndpointReceiver } from "../../../src/simulate/endpoint-receiver.ts";
import type { Clock } from "../../../src/time/clock.ts";
import { sampleEvent, sampleEvents } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { startTokenIssuer } from "../../fake/token-issuer.ts";
import { endpointOutput, kind } from "./subject.ts";

const never = new AbortController().signal;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function receiverOf(options = {}): Promise<EndpointReceiver> {
  const receiver = await startEndpointReceiver(options);
  closing.push(receiver.close);
  return receiver;
}

function outputOf(written: object, clock: Clock = outputContext.clock, environment = {}) {
  const output = endpointOutput(written, { clock, environment });
  closing.push(() => output.close());
  return output;
}

const send = (output: ReturnType<typeof outputOf>, events = sampleEvents(2)): Promise<SendResult> =>
  output.send(payloadsOf(output, events), never);
const firstAt = (sampleEvent(1).time?.seconds ?? 0) * 1000;
const atTime = (now: number): Clock => ({ ...outputContext.clock, now: () => now });

describe("events that an endpoint would drop without a word", () => {
  const hour = 3_600_000;

  it("hold, where they are too old, and nothing is sent", async () => {
    const receiver = await receiverOf();
    const output = outputOf({ url: receiver.url, oldest: { age: "18h" } }, atTime(firstAt + 19 * hour));
    expect(await send(output)).toMatchObject({
      ...{ status: "retry", hold: true, reason: "too_old" },
      detail: expect.stringMatching(/19 h old/),
      fix: expect.stringContaining("older: dead_letter"),
    });
    expect(receiver.requests()).toBe(0);
  });

  it("are given up visibly where that is agreed, and the others arrive", async () => {
    const receiver = await receiverOf();
    const written = { url: receiver.url, oldest: { age: "18h", older: "dead_letter" } };
    const output = outputOf(written, atTime(firstAt + 18 * hour + 500));
    expect(await send(output, sampleEvents(4))).toMatchObject({
      status: "delivered",
      rejected: [{ index: 0, reason: "too_old", unasked: true }],
    });
    expect(receiver.taken().map((line) => JSON.parse(line).uid)).toEqual(
      sampleEvents(3, 2).map(({ uid }) => uid),
    );
  });

  it("send nothing where all are too old", async () => {
    const receiver = await receiverOf();
    const written = { url: receiver.url, oldest: { age: "18h", older: "dead_letter" } };
    const output = outputOf(written, atTime(firstAt + 99 * hour));
    expect((await send(output)) as { rejected: unknown }).toMatchObject({ rejected: [{}, {}] });
    expect(receiver.requests()).toBe(0);
  });

  it("are given up where they are too large", async () => {
    const receiver = await receiverOf();
    const output = outputOf({ url: receiver.url, max_event: "2KB" });
    const events = [sampleEvent(1), sampleEvent(2, "x".repeat(3000))];
    expect(await send(output, events)).toMatchObject({
      status: "delivered",
      rejected: [{ index: 1, reason: "too_large", unasked: true }],
    });
    expect(receiver.count()).toBe(1);
  });
});

describe("a token", () => {
  const oauth = (issuer: string) => ({
    type: "oauth2",
    token_url: `${issuer}/token`,
    client_id: "me",
    client_secret: "client-secret-0001",
    scope: "logs",
  });

  async function issued() {
    const issuer = await startTokenIssuer();
    closing.push(issuer.close);
    let wanted = "issued-token-0001";
    const receiver = await receiverOf({ authorization: () => `Bearer ${wanted}` });
    return { issuer, receiver, want: (token: string) => (wanted = token) };
  }

  it("is asked for once, with the credentials, and used until shortly before its end", async () => {
    const { issuer, receiver, want } = await issued();
    let monotonic = 0;
    const clock = { ...outputContext.clock, monotonic: () => monotonic };
    const output = outputOf({ url: receiver.url, auth: oauth(issuer.url) }, clock);
    for (const at of [0, 60_000, 54 * 60_000]) {
      monotonic = at;
      expect(await send(output)).toMatchObject({ status: "delivered" });
    }
    expect(issuer.asked()).toHaveLength(1);
    expect(Object.fromEntries(issuer.asked()[0]?.form ?? [])).toEqual({
      grant_type: "client_credentials",
      client_id: "me",
      client_secret: "client-secret-0001",
      scope: "logs",
    });
    monotonic = 56 * 60_000;
    issuer.answer(200, { access_token: "issued-token-0002", expires_in: "3600" });
    want("issued-token-0002");
    expect(await send(output)).toMatchObject({ status: "delivered" });
    expect(issuer.asked()).toHaveLength(2);
  });

  it("that the endpoint does not accept any more is renewed in the same send", async () => {
    const { issuer, receiver, want } = await issued();
    const output = outputOf({ url: receiver.url, auth: oauth(issuer.url) });
    await send(output);
    want("issued-token-0002");
    issuer.answer(200, { access_token: "issued-token-0002", expires_in: 3600 });
    expect(await send(output)).toMatchObject({ status: "delivered" });
    want("another");
    const refused = await send(output);
    expect(refused).toMatchObject({ status: "retry", hold: true, reason: "unauthorized" });
    // The endpoint repeats what it was sent.
    expect(JSON.stringify(refused)).toContain("not accepted");
    expect(JSON.stringify(refused)).not.toContain("issued-token");
  });

  it.each([
    [400, { error: "invalid_client", error_description: "bad client-secret-0001" }, "unauthorized", true],
    [200, { token_type: "Bearer" }, "configuration", true],
    [200, "<html>", "configuration", true],
    [503, { error: "busy" }, "busy", undefined],
  ])("that is not issued (%s %j) costs no event, and shows no secret", async (status, body, reason, hold) => {
    const { issuer, receiver } = await issued();
    issuer.answer(status, body);
    const result = await send(outputOf({ url: receiver.url, auth: oauth(issuer.url) }));
    expect(result).toMatchObject({ status: "retry", reason, ...(hold && { hold }) });
    expect(JSON.stringify(result)).toContain("token");
    expect(JSON.stringify(result)).not.toContain("client-secret-0001");
    expect(receiver.requests()).toBe(0);
  });

  it("has an issuer that cannot be reached: that is told with its name", async () => {
    const { issuer, receiver } = await issued();
    await issuer.close();
    const result = await send(outputOf({ url: receiver.url, auth: oauth(issuer.url) }));
    expect(result).toMatchObject({
      status: "retry",
      reason: "connect",
      detail: expect.stringContaining("token"),
    });
  });
});

describe("an address that is a credential", () => {
  it("is asked for with it, and shown without", async () => {
    const receiver = await receiverOf();
    const output = outputOf({
      url: `${receiver.url}/hook/`,
      secret_path: "secret-code-77?zone=eu",
      query: { a: "b c" },
    });
    expect(await send(output)).toMatchObject({ status: "delivered" });
    expect(receiver.request()?.path).toBe("/hook/secret-code-77");
    expect(receiver.request()?.query.toString()).toBe("zone=eu&a=b+c");
    receiver.behave("redirect", { location: `${receiver.url}/hook/secret-code-77` });
    expect(JSON.stringify(await send(output))).not.toContain("secret-code-77");
  });
});

describe("check", () => {
  it("says that an answer to nothing proves nothing, and names what is too old", async () => {
    const receiver = await receiverOf();
    const output = outputOf({ url: receiver.url, body: "json_array", oldest: { age: "167h" } });
    expect(await output.probe(never)).toMatchObject([
      { level: "warning", open: true, fix: expect.stringContaining("--send-test-event") },
      { level: "ok", text: expect.stringContaining("167 h") },
    ]);
    expect(receiver.count()).toBe(0);
  });

  it("finds a wrong credential", async () => {
    const receiver = await receiverOf({ authorization: () => "Bearer right" });
    const output = outputOf({ url: receiver.url, auth: { type: "bearer", token: "wrong" } });
    expect(await output.probe(never)).toMatchObject([{ level: "problem", fix: expect.any(String) }]);
  });
});

describe("the schema", () => {
  const problems = (written: object) =>
    kind.schema
      .safeParse({ name: "o", type: "http", url: "https://in.example", ...written })
      .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

  it.each([
    [{ body: "json" }, "batch: body: json carries one event"],
    [{ envelope: { events: "<events>" } }, "envelope: stands around an array"],
    [{ body: "json_array", envelope: { events: "none" } }, "envelope: must hold <events> once"],
    [{ body: "json_array", envelope: ["<events>", "<events>"] }, "envelope: must hold <events> once"],
    [{ event: { time: "<time>" } }, "event: must hold <event>"],
    [{ format: "cef", event: { line: "<event>" } }, "event: a CEF line is no JSON"],
    [
      { url: "https://in.example/?a=b" },
      "url: must not hold a query or fragment: write its names and values into `query`",
    ],
    [{ url: "http://in.example" }, "url: would send credentials"],
    [{ headers: { Authorization: "x" } }, "headers.Authorization: is set by the program"],
    [
      { auth: { type: "oauth2", token_url: "http://issuer.example/t", client_id: "a", client_secret: "b" } },
      "auth: token_url would send credentials",
    ],
  ])("refuses %j", (written, message) => {
    expect(problems(written)).toEqual([expect.stringContaining(message)]);
  });
});
