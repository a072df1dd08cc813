import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { anyOutputKind } from "../../src/output/configured.ts";
import { httpKind } from "../../src/output/http/kind.ts";
import { startEndpointReceiver } from "../../src/simulate/endpoint-receiver.ts";
import { sampleEvents } from "../contract/sample-event.ts";
import { outputContext } from "../fake/output-context.ts";
import { payloadsOf } from "../fake/payloads.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
const secret = "a-client-secret";

/** What an output makes of an issuer that says this, and what the endpoint behind it was shown. */
async function sent(say: (response: ServerResponse) => unknown) {
  const issuer = createServer((request, response) => request.resume().on("end", () => say(response)));
  await new Promise<void>((listening) => issuer.listen(0, "127.0.0.1", listening));
  const endpoint = await startEndpointReceiver();
  const token_url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/token`;
  const auth = { type: "oauth2", token_url, client_id: "me", client_secret: secret };
  const output = anyOutputKind(httpKind)
    .schema.parse({ name: "one", type: "http", url: endpoint.url, timeout: "300ms", auth })
    .create(outputContext);
  undo.push(
    () => issuer.close(),
    () => issuer.closeAllConnections(),
    () => endpoint.close(),
    () => output.close(),
  );
  const result = await output.send(payloadsOf(output, sampleEvents(1)), new AbortController().signal);
  return { result, taken: endpoint.taken().length };
}
const body =
  (text: string | Buffer, status = 200, headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end(text);

describe("an issuer of tokens", () => {
  it.each([
    '{"access_token":"t"}',
    '{"access_token":"t","expires_in":"3600"}',
    '{"access_token":"t","expires_in":-1}',
    '{"access_token":"t","expires_in":1e999}',
    '{"access_token":"t","expires_in":{"a":1}}',
    '{"access_token":"t","__proto__":{"status":"retry"}}',
  ])("gives one: %s", async (text) => {
    expect(await sent(body(text))).toMatchObject({ result: { status: "delivered" }, taken: 1 });
  });

  it.each([
    ["one that it has just created", '{"access_token":"t"}', 1],
    ["one that cannot stand in a header", '{"access_token":"issued\\n-token"}', 0],
    ["one under another name", '{"token":"issued-token"}', 0],
    ["half of one", '{"access_token":"issued-token', 0],
  ])("shows nobody what stands in a success: %s", async (_, text, taken) => {
    const sending = await sent(body(text, 201));
    expect(sending.taken).toBe(taken);
    expect(JSON.stringify(sending.result)).not.toContain("issued");
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ["nothing", body("")],
    ["null", body("null")],
    ["a number", body("7")],
    ["a list", body('["access_token"]')],
    ["a token that is none", body('{"access_token":7}')],
    ["an empty token", body('{"access_token":""}')],
    ["a token of several lines", body('{"access_token":"a\\r\\nx-forged: b"}')],
    ["a token of other letters", body('{"access_token":"\\u202e\\ud83d\\ude00"}')],
    ["a token of 10 MB", body(`{"access_token":"${"t".repeat(10_000_000)}"}`)],
    ["a web page", body("<!doctype html>", 200, { "content-type": "text/html" })],
    ["brackets without end", body("[".repeat(60_000))],
    ["a redirect", body("", 302, { location: `http://127.0.0.1:1/?${secret}` })],
    ["what it was shown", body(`{"error":"invalid_client","was":"${secret}\\u001b[2J"}`, 401)],
    ["a failure", body("oh", 500)],
    ["a status that nobody knows", body("", 299)],
    ["that all is too large", body("", 413)],
    ["half an answer", (response) => response.writeHead(200, { "content-length": 99 }).end("{").destroy()],
    ["nothing for ever", () => {}],
    [
      "more without end",
      (response) => {
        const more = () => {
          while (!response.destroyed && response.write(" ".repeat(65_536)));
        };
        response.on("drain", more);
        more();
      },
    ],
  ])("gives none, and everything is kept: %s", async (_, say) => {
    const { result, taken } = await sent(say);
    expect(result.status).toBe("retry");
    expect(taken).toBe(0);
    expect(JSON.stringify(result)).not.toMatch(/a-client-secret|\p{Cc}/u);
    expect(JSON.stringify(result).length).toBeLessThan(1_500);
  });
});
