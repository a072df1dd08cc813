import { describe, expect, it } from "vitest";
import { foreignSpeaker } from "../../../src/output/syslog/foreign.ts";

const at = { transport: "tcp", host: "siem.example", port: 601 } as const;

describe("who speaks in place of a syslog receiver", () => {
  it.each([
    ["TLS", Buffer.of(0x15, 3, 3, 0, 2, 2, 50), /speaks TLS/, /tls:\/\//],
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), /HTTP server .*400 Bad Request/, /splunk_hec/],
    ["gRPC", Buffer.of(0, 0, 0, 4, 0, 0, 0, 0, 0), /HTTP\/2/, /otlp/],
    ["SSH", Buffer.from("SSH-2.0-x\r\n"), /SSH-2\.0-x/, /host and port/],
    ["mail", Buffer.from("220 mail.example ESMTP\r\n"), /220 mail\.example/, /host and port/],
  ] as const)("is recognised: %s", (_, heard, words, fix) => {
    const found = foreignSpeaker(heard, at);
    expect(found?.message).toMatch(words);
    expect(found?.fix).toMatch(fix);
  });

  it.each(["", "H", "OK\n", "220", "\u0015"])("may be anybody: %j", (text) => {
    expect(foreignSpeaker(Buffer.from(text, "latin1"), at)).toBeUndefined();
  });

  it("is told by the scheme that is right for what is written", () => {
    const tls = Buffer.of(0x15, 3, 3, 0, 2, 2, 50);
    expect(foreignSpeaker(tls, at)?.fix).toContain("write tls:// in place of tcp://");
    expect(foreignSpeaker(tls, { ...at, transport: "relp" })?.fix).toContain(
      "write relp+tls:// in place of relp://",
    );
  });

  it("is quoted without what could deceive a reader", () => {
    expect(foreignSpeaker(Buffer.from("SSH-\u001b[2J\nfake"), at)?.message).not.toMatch(/[\u001b\n]/);
  });
});
