import { describe, expect, it } from "vitest";
import { networkFault } from "../../../src/net/http/fault.ts";
import { ProxyFault } from "../../../src/net/http/proxy-fault.ts";

const withCode = (code: string, message = "it failed") => Object.assign(new Error(message), { code });

describe("networkFault", () => {
  it("holds for what a person has to repair, and for nothing else", () => {
    const hold = (code: string) => networkFault(withCode(code), "h").hold;
    expect(["ENOTFOUND", "CERT_HAS_EXPIRED", "ERR_SSL_WRONG_VERSION_NUMBER"].map(hold)).toEqual([
      true,
      true,
      true,
    ]);
    const weather = ["EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH"];
    expect(weather.map(hold)).toEqual(weather.map(() => false));
  });

  it.each([
    ["ECONNREFUSED", "connect", /remote runs/],
    ["EHOSTUNREACH", "connect", /firewall/],
    ["ENOTFOUND", "dns", /resolver/],
    ["EAI_AGAIN", "dns", /resolver/],
    ["ETIMEDOUT", "timeout", /too slow/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls", /another name/],
    ["CERT_HAS_EXPIRED", "tls", /renew/],
    ["CERT_NOT_YET_VALID", "tls", /clock/],
    ["SELF_SIGNED_CERT_IN_CHAIN", "tls", /tls\.ca/],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls", /tls\.cert and tls\.key/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls", /may not speak TLS/],
    ["EPROTO", "tls", /may not speak TLS/],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "tls", /1\.2/],
    ["ECONNRESET", "connection_lost", /load balancer/],
    ["EPIPE", "connection_lost", /load balancer/],
  ])("sorts %s under %s", (code, reason, fix) => {
    const fault = networkFault(withCode(code), "siem.example:443");
    expect(fault.reason).toBe(reason);
    expect(fault.fix).toMatch(fix);
    expect(fault.detail).toBe("siem.example:443: it failed");
  });

  it("takes a timeout's abort for a timeout", () => {
    expect(networkFault(new DOMException("over", "TimeoutError"), "h").reason).toBe("timeout");
  });

  it("takes the proxy's fault for the proxy's, whatever it was", () => {
    expect(networkFault(new ProxyFault(withCode("ECONNREFUSED", "refused")), "h")).toMatchObject({
      reason: "proxy",
      detail: "h: refused",
    });
  });

  it("looks into causes and into the attempts on several addresses", () => {
    const cause = new TypeError("fetch failed", { cause: withCode("ENOTFOUND") });
    expect(networkFault(cause, "h").reason).toBe("dns");
    const attempts = new AggregateError(
      [withCode("ECONNREFUSED", "v6 refused"), withCode("ECONNREFUSED")],
      "",
    );
    expect(networkFault(attempts, "h")).toMatchObject({ reason: "connect", detail: "h: v6 refused" });
  });

  it("shows of OpenSSL's lines the reason alone, and of anybody's one short, harmless line", () => {
    const line =
      "00BC3C7F:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3_record.c:354:\n";
    expect(networkFault(withCode("ERR_SSL_WRONG_VERSION_NUMBER", line), "h").detail).toBe(
      "h: TLS: wrong version number",
    );
    const long = networkFault(new Error(`\u001b[2J${"x".repeat(5000)}`), "h").detail;
    expect(long).toContain("\\u001b[2J");
    expect(long.length).toBeLessThanOrEqual(300);
  });

  it("has an answer for what is no error at all", () => {
    for (const thrown of [undefined, null, "text", 7, {}])
      expect(networkFault(thrown, "h")).toMatchObject({
        reason: "connection_lost",
        detail: "h: failed without a message",
      });
  });
});
