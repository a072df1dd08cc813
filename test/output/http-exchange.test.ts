import { expect, it } from "vitest";
import type { HttpAnswer, HttpClient } from "../../src/net/http/http.ts";
import { httpExchange } from "../../src/output/http-exchange.ts";
import { Secret } from "../../src/secret/secret.ts";

/** A client whose remote says the same to everybody. */
function clientThatHears(words: string): HttpClient {
  const answer = { status: 200, headers: { server: words }, text: async () => words };
  return {
    request: async () => answer as unknown as HttpAnswer,
    reload: () => false,
    close: async () => {},
  };
}

const request = { method: "GET", path: "/", headers: {}, deadline: new AbortController().signal } as const;

it("blots out the secrets as they are now, whoever's they are", async () => {
  const client = clientThatHears("first-token second-token third-token");
  let value = "first-token";
  const token = new Secret(value, () => value);
  const said = async (...secrets: Secret[]) => {
    const reply = await httpExchange(client, request, "there", secrets);
    return reply.status === "retry" ? undefined : [reply.text, reply.headers.server];
  };
  expect(await said(token)).toEqual(Array(2).fill("*** second-token third-token"));
  value = "second-token";
  token.reload();
  expect(await said(token)).toEqual(Array(2).fill("*** *** third-token"));
  const other = new Secret("third-token");
  expect(await said(other)).toEqual(Array(2).fill("first-token second-token ***"));
  expect(await said(token, other)).toEqual(Array(2).fill("first-token *** ***"));
  expect(await said()).toEqual(Array(2).fill("first-token second-token third-token"));
});
