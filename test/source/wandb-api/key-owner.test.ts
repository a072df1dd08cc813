import { expect, it } from "vitest";
import type { HttpAnswer, HttpRequest } from "../../../src/net/http/http.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { endpointOf } from "../../../src/source/wandb-api/endpoint.ts";
import { ownerFinding } from "../../../src/source/wandb-api/key-owner.ts";
import { systemClock } from "../../../src/time/clock.ts";

const key = "wandb-0123456789abcdef";

async function found(answer: string | Error, url = "https://acme.wandb.io/base", status = 200) {
  const requests: HttpRequest[] = [];
  let discarded = false;
  const client = {
    async request(request: HttpRequest) {
      requests.push(request);
      if (answer instanceof Error) throw answer;
      const text = async () => answer;
      const discard = () => {
        discarded = true;
      };
      return { status, text, discard } as unknown as HttpAnswer;
    },
    reload: () => false,
    close: async () => {},
  };
  const headers = { "X-Access": new Secret("token-of-the-proxy") };
  const exchange = {
    client,
    endpoint: endpointOf(new URL(url)),
    username: "",
    apiKey: new Secret(key),
    headers,
  };
  const finding = await ownerFinding({ ...exchange, clock: systemClock }, new AbortController().signal);
  return { text: finding?.text, requests, discarded };
}
const viewer = (owner: unknown) => JSON.stringify({ data: { viewer: owner } });

it("asks the server beside the log, as whoever asks for the log", async () => {
  const { requests } = await found(viewer({ username: "robin", admin: true }));
  expect(requests).toMatchObject([
    {
      method: "POST",
      path: "/base/graphql",
      headers: {
        authorization: `Basic ${Buffer.from(`:${key}`).toString("base64")}`,
        "X-Access": "token-of-the-proxy",
      },
    },
  ]);
});

it.each([
  [{ username: "robin", admin: true }, undefined, "the key belongs to robin, an instance admin"],
  [{ username: "robin" }, undefined, "the key belongs to robin, no instance admin"],
  [{ username: "robin", admin: false }, "https://api.wandb.ai", "the key belongs to robin"],
  [{ username: "", admin: true }, undefined, "the key belongs to somebody without a name, an instance admin"],
  [{ username: `x${key}\n\u001b[1m` }, undefined, expect.not.stringMatching(`${key}|\\n|\\u001b`)],
])("says it of %j at %s", async (owner, url, text) => {
  expect((await found(viewer(owner), url)).text).toEqual(text);
});

it("says nothing where the server does not tell", async () => {
  for (const answer of [viewer(null), viewer({ username: 7 }), "{}", "null", "<html>", new Error("refused")])
    expect((await found(answer)).text).toBeUndefined();
  expect(await found("Forbidden", undefined, 403)).toMatchObject({ text: undefined, discarded: true });
});
