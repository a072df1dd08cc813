import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addressForm,
  invalidAddress,
  isShownAddress,
  noAddress,
  parseAddresses,
} from "../../src/event/address.ts";
import { cpuMs } from "../fake/cpu-time.ts";

describe("parseAddresses", () => {
  test.each([
    ["203.0.113.24", ["203.0.113.24"], undefined],
    [" 203.0.113.24 ", ["203.0.113.24"], undefined],
    ["198.51.100.7:51324", ["198.51.100.7"], 51_324],
    ["198.51.100.7:0", ["198.51.100.7"], 0],
    ["198.51.100.7:65536", ["198.51.100.7"], undefined],
    ["198.51.100.7:http", ["198.51.100.7"], undefined],
    ["2001:DB8:0:0:4::17", ["2001:db8::4:0:0:17"], undefined],
    ["2001:0db8:0000:0000:0004:0000:0000:0017", ["2001:db8::4:0:0:17"], undefined],
    ["[2001:db8::1]", ["2001:db8::1"], undefined],
    ["[2001:db8::1]:443", ["2001:db8::1"], 443],
    ["fe80::1%eth0", ["fe80::1"], undefined],
    ["[fe80::1%25eth0]:80", ["fe80::1"], 80],
    ["::ffff:192.0.2.9", ["192.0.2.9"], undefined],
    ["[::ffff:192.0.2.9]:8080", ["192.0.2.9"], 8080],
    ["::FFFF:C000:0209", ["192.0.2.9"], undefined],
    ['"203.0.113.24"', ["203.0.113.24"], undefined],
    ["", [], undefined],
    ["010.0.0.1", [], undefined],
    ["10.0.0.0/8", [], undefined],
    ["10.0.0", [], undefined],
    ["256.1.1.1", [], undefined],
    ["server.example", [], undefined],
    ["server.example:80", [], undefined],
    ["[2001:db8::1", [], undefined],
    ["[2001:db8::1]x", [], undefined],
    ["[10.0.0.1]@evil", [], undefined],
    ["2001:db8::1::2", [], undefined],
  ])("reads %j", (text, ips, port) => {
    expect(parseAddresses(text)).toEqual({ ips, port, list: false });
  });

  test("takes the first valid of a list as the address and keeps each of the others once", () => {
    expect(parseAddresses("unknown, 203.0.113.24:5000, 10.0.0.3 ,[2001:db8::1]:9,203.0.113.24")).toEqual({
      ips: ["203.0.113.24", "10.0.0.3", "2001:db8::1"],
      port: 5000,
      list: true,
    });
  });

  test("reads every address in its canonical form", () => {
    fc.assert(fc.property(fc.ipV4(), (ip) => void expect(parseAddresses(ip).ips).toEqual([ip])));
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        const [written = ""] = parseAddresses(ip).ips;
        expect(parseAddresses(written).ips).toEqual([written]);
      }),
    );
  });

  test("takes no longer for a list made to be slow", () => {
    const list = Array.from({ length: 60_000 }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`);
    const parsed = () => expect(parseAddresses(list.join(",")).ips).toHaveLength(60_000);
    expect(cpuMs(parsed)).toBeLessThan(10_000);
  });

  test("never throws", () => {
    const near = fc.stringMatching(/^[0-9a-f:.[\]%," /]{0,40}$/);
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: "binary" })), (text) => void parseAddresses(text)),
      { numRuns: 500 },
    );
  });
});

describe("addressForm", () => {
  const formOf = (text: string) => addressForm(Buffer.from(`<${text}>`), 1, text.length + 1);

  test("tells an address that is shown as it is written from everything else", () => {
    const number = fc.oneof(fc.nat(300).map(String), fc.constantFrom("", "00", "01", "a", "256", "255"));
    const quads = fc.array(number, { minLength: 3, maxLength: 5 }).map((numbers) => numbers.join("."));
    const texts = fc.oneof(
      quads,
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom("2001:db8::1", "::1", "1.2.3.4:5", "1.2.3.4,", "?", "localhost", "a, b", "é"),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { ips, port, list } = parseAddresses(text);
        const same = ips[0] === text && port === undefined && !list;
        const other = ips.length === 0 && !list ? invalidAddress : noAddress;
        expect(formOf(text)).toBe(same ? (text.includes(":") ? 6 : 4) : other);
        expect(isShownAddress(formOf(text))).toBe(same);
      }),
      { numRuns: 3_000 },
    );
  });
});
