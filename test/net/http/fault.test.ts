import { describe, expect, it } from "vitest";
import { networkFault } from "../../../src/net/http/fault.ts";
import { ProxyFault } from "../../../src/net/http/proxy-fault.ts";
import { TlsFault } from "../../../src/net/tls-fault.ts";

const withCode = (code: string, message = "it failed") => Object.assign(new Error(message), { code });

describe("networkFault", () => {
  it("holds for what a person has to repair, and for nothing else", () => {
    const hold = (code: string) => networkFault(withCode(code), "h").hold;
    expect(hold("ENOTFOUND")).toBe(true);
    expect(networkFault(new TlsFault("expired", "renew it"), "h").hold).toBe(true);
    const weather = ["EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH"];
    expect(weather.map(hold)).toEqual(weather.map(() => false));
  });

  it.each([
    ["ECONNREFUSED", "connect", /remote runs/],
    ["EHOSTUNREACH", "connect", /firewall/],
    ["ENOTFOUND", "dns", /resolver/],
    ["EAI_AGAIN", "dns", /resolver/],
    ["ETIMEDOUT", "timeout", /too slow/],
    ["ECONNRESET", "connection_lost", /load balancer/],
    ["EPIPE", "connection_lost", /load balancer/],
  ])("sorts %s under %s", (code, reason, fix) => {
    const fault = networkFault(withCode(code), "siem.example:443");
    expect(fault.reason).toBe(reason);
    expect(fault.fix).toMatch(fix);
    expect(fault.detail).toBe("siem.example:443: it failed");
  });

  it("says whose limit of open files was reached", () => {
    const fixOf = (code: string) => networkFault(withCode(code), "siem.example").fix;
    expect([fixOf("EMFILE"), fixOf("ENFILE")]).toEqual([
      ...[expect.stringContaining("LimitNOFILE"), expect.stringContaining("fs.file-max")],
    ]);
  });

  it("takes a timeout's abort for a timeout", () => {
    const { reason, fix } = networkFault(new DOMException("over", "TimeoutError"), "h");
    expect([reason, fix]).toEqual(["timeout", expect.stringMatching(/curl, openssl s_client .* nc /)]);
  });

  it("takes the proxy's fault for the proxy's, whatever it was", () => {
    expect(networkFault(new ProxyFault(withCode("ECONNREFUSED", "refused")), "h")).toMatchObject({
      reason: "proxy",
      detail: "h: refused",
    });
  });

  it("holds for a proxy that refuses or is none, and not for one that is started again", () => {
    const hold = (cause: Error) => networkFault(new ProxyFault(cause), "h").hold;
    const passing = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "EAI_AGAIN"];
    expect(passing.filter((code) => hold(withCode(code)))).toEqual([]);
    expect([hold(withCode("ENOTFOUND")), hold(new TlsFault("it has expired", "renew it"))]).toEqual([
      true,
      true,
    ]);
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

  it("takes the words of a TLS fault, and its fix", () => {
    expect(networkFault(new TlsFault("expired", "renew it"), "h")).toEqual({
      reason: "tls",
      detail: "h: expired",
      fix: "renew it",
      hold: true,
    });
  });

  it("shows of the TLS library's lines the reason alone, also where no handshake is to blame", () => {
    const line =
      "00BC3C7F:error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:../rec_layer_s3.c:1605:\n";
    expect(networkFault(new Error(line), "h")).toMatchObject({
      reason: "connection_lost",
      detail: "h: TLS: tlsv1 alert internal error",
    });
  });

  it("shows of anybody's words one short, harmless line", () => {
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
