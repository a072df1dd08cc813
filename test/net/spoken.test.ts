import { describe, expect, it } from "vitest";
import { isHttp2Settings, isTlsRecord } from "../../src/net/spoken.ts";

const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

describe("what a peer begins with", () => {
  it.each(["15 0303 0002 0232", "15 0301 0002 0228", "16 0303 0050 02"])("is TLS: %s", (hex) => {
    expect(isTlsRecord(bytes(hex))).toBe(true);
  });

  it.each(["", "15", "15 03", "17 0303 0002", "15 0305 0002", "48 5454 50"])("is not TLS: %s", (hex) => {
    expect(isTlsRecord(bytes(hex))).toBe(false);
  });

  it("is HTTP/2 where it is a SETTINGS frame on stream 0, and nothing shorter", () => {
    const settings = bytes("000006 04 00 00000000 0005 00004000");
    expect(isHttp2Settings(settings)).toBe(true);
    expect(isHttp2Settings(settings.subarray(0, 8))).toBe(false);
    expect(isHttp2Settings(bytes("000006 04 00 00000001"))).toBe(false);
    expect(isHttp2Settings(Buffer.from("HTTP/1.1 400"))).toBe(false);
  });
});
