import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultOutcome, httpOutcome, withoutSecrets } from "../../src/output/http-outcome.ts";
import { Secret } from "../../src/secret/secret.ts";

const now = Date.UTC(2026, 7, 1);

describe("httpOutcome", () => {
  it("never takes a status alone for a delivery, and never throws", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), fc.string(), (status, body) => {
        const result = httpOutcome(status, {}, body, now);
        expect(["retry", "refused"]).toContain(result.status);
        expect(result.detail.length).toBeLessThanOrEqual(500);
        expect(result.detail).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });

  it("refuses only what is too large on its way", () => {
    const refused = [];
    for (let status = 100; status < 1000; status++)
      if (httpOutcome(status, {}, "", now).status === "refused") refused.push(status);
    expect(refused).toEqual([413]);
    expect(httpOutcome(413, {}, "", now)).toMatchObject({ status: "refused", reason: "too_large" });
  });

  it.each([
    [200, "configuration"],
    [204, "configuration"],
    [400, "configuration"],
    [422, "configuration"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [405, "not_found"],
    [407, "proxy"],
    [415, "configuration"],
  ])("OUT-404, OUT-PROXY-AUTH: holds on %i and names the fix", (status, reason) => {
    const result = httpOutcome(status, {}, "no", now);
    expect(result).toMatchObject({ status: "retry", hold: true, reason, detail: `HTTP ${status}: no` });
    expect(result).toHaveProperty("fix");
  });

  it.each([
    [408, "timeout"],
    [418, "bad_answer"],
    [425, "busy"],
    [429, "rate_limited"],
    [500, "server_error"],
    [502, "server_error"],
    [503, "busy"],
    [504, "server_error"],
  ])("OUT-5XX: retries %i without a person", (status, reason) => {
    const result = httpOutcome(status, {}, "", now);
    expect(result).toMatchObject({ status: "retry", reason });
    expect(result).not.toHaveProperty("hold");
  });

  it("waits as long as the remote asks, in seconds or until a date, an hour at most", () => {
    expect(httpOutcome(503, { "retry-after": "7" }, "", now)).toMatchObject({ retryAfterMs: 7000 });
    expect(httpOutcome(429, { "retry-after": "Sat, 01 Aug 2026 00:01:00 GMT" }, "", now)).toMatchObject({
      retryAfterMs: 60_000,
    });
    expect(httpOutcome(429, { "retry-after": "315360000" }, "", now)).toMatchObject({
      retryAfterMs: 3_600_000,
    });
    expect(httpOutcome(429, { "retry-after": "soon" }, "", now)).not.toHaveProperty("retryAfterMs");
  });

  it("names where a redirect leads, without what may be a credential", () => {
    const result = httpOutcome(302, { location: "https://me:pw@idp.example/login?token=abc#x" }, "", now);
    expect(result).toMatchObject({ status: "retry", hold: true, reason: "redirect" });
    expect(result.detail).toBe("HTTP 302 to https://idp.example");
    expect(httpOutcome(302, { location: "/login?token=abc" }, "", now).detail).toBe(
      "HTTP 302 to another path",
    );
    expect(httpOutcome(300, {}, "", now)).toMatchObject({ reason: "redirect" });
    expect(httpOutcome(304, {}, "", now)).toMatchObject({ reason: "bad_answer" });
  });
});

describe("faultOutcome", () => {
  it.each([
    ["dns", true],
    ["dns", false],
    ["tls", true],
    ["connect", false],
  ] as const)("OUT-DNS, OUT-TLS: retries after %s (held: %s)", (reason, hold) => {
    const result = faultOutcome({ reason, detail: "d", fix: "f", hold });
    expect(result).toMatchObject({ status: "retry", reason });
    expect(result.hold ?? false).toBe(hold);
  });
});

describe("withoutSecrets", () => {
  it("blots out a secret as it is, in JSON, in URLs and in Basic authentication", () => {
    const secret = new Secret('pa"ss/wörd 1');
    const forms = [
      secret.reveal(),
      JSON.stringify(secret.reveal()),
      encodeURIComponent(secret.reveal()),
      Buffer.from(secret.reveal()).toString("base64"),
    ];
    for (const form of forms)
      expect(withoutSecrets(`you sent ${form}!`, [secret])).not.toContain(form.replaceAll('"', ""));
  });
});
