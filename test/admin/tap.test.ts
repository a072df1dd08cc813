import { expect, it } from "vitest";
import { tapNeedsToken, tapRoutes } from "../../src/admin/tap.ts";
import type { Tap, Tapped } from "../../src/deliver/output-tap.ts";
import { ManualClock } from "../fake/manual-clock.ts";

const tapped: Tapped = {
  output: "soc",
  position: 1_234,
  events: [
    {
      seq: 1_233,
      uid: "0a".repeat(16),
      source: "prod",
      seen: "2026-08-01T12:00:00.000Z",
      text: "first",
      cut: 0,
    },
    {
      ...{ seq: 1_234, uid: "0b".repeat(16), source: "prod", seen: "2026-08-01T12:00:01.000Z", cut: 7 },
      text: "</pre><script>alert(1)</script>\u202e\u001b[2J",
    },
  ],
};
const asked: (number | undefined)[] = [];
const tap: Tap = async (after) => {
  asked.push(after);
  return tapped;
};
const routes = tapRoutes(
  (output) => (output === "soc" ? tap : undefined),
  () => "nonce123",
  new ManualClock(Date.UTC(2026, 7, 1)),
);
const answer = async (path: string, query: string) => routes[path]?.(new URLSearchParams(query));

it("gives programs what an output got behind a place", async () => {
  asked.length = 0;
  expect(JSON.parse((await answer("/tap.json", "output=soc&after=7"))?.body ?? "")).toEqual(tapped);
  await answer("/tap.json", "output=soc");
  expect(asked).toEqual([7, 0]);
});

it("shows people the newest first, and what an event says as text alone", async () => {
  const page = await answer("/tap", "output=soc");
  const body = page?.body ?? "";
  expect(body.indexOf("1,234 · seen")).toBeLessThan(body.indexOf("1,233 · seen"));
  expect(body).toContain("&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u202e\\u001b[2J");
  expect(body).toContain("… 7 more characters");
  expect(body.match(/<script/g)).toHaveLength(1);
  expect(page?.headers?.["content-security-policy"]).toBe(
    "default-src 'none'; style-src 'nonce-nonce123'; script-src 'nonce-nonce123'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
});

it("knows no other output, and no other place than a number", async () => {
  for (const query of ["", "output=other", "output=soc&after=-1", "output=soc&after=x"])
    expect(await answer("/tap.json", query)).toMatchObject({ status: 400 });
});

it("is shown to nobody without a token", async () => {
  expect(await tapNeedsToken(new URLSearchParams())).toMatchObject({
    status: 403,
    body: expect.stringContaining("wandb-audit-forwarder tap OUTPUT"),
  });
});
