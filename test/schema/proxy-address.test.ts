import { describe, expect, it } from "vitest";
import { proxyAddress } from "../../src/schema/proxy-address.ts";

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("proxyAddress", () => {
  it.each([
    ["http://proxy:3128", { secure: false, host: "proxy", port: 3128 }],
    ["http://proxy", { secure: false, host: "proxy", port: 80 }],
    ["https://proxy/", { secure: true, host: "proxy", port: 443 }],
    ["HTTP://[fd00::5]:8080", { secure: false, host: "fd00::5", port: 8080 }],
    [
      "http://me:pass@proxy:3128",
      { secure: false, host: "proxy", port: 3128, authorization: basic("me:pass") },
    ],
    ["http://me@proxy:3128", { secure: false, host: "proxy", port: 3128, authorization: basic("me:") }],
    ["http://:pass@proxy", { secure: false, host: "proxy", port: 80, authorization: basic(":pass") }],
    [
      "http://me:a%25b%23c@proxy",
      { secure: false, host: "proxy", port: 80, authorization: basic("me:a%b#c") },
    ],
    ["http://me:p@ss@proxy", { secure: false, host: "proxy", port: 80, authorization: basic("me:p@ss") }],
    [
      "http://me:w%C3%B6rd@proxy",
      { secure: false, host: "proxy", port: 80, authorization: basic("me:wörd") },
    ],
  ])("reads %s", (text, address) => {
    expect(proxyAddress(text)).toEqual(address);
  });

  it.each([
    ["http://me:12%secret@proxy:3128", /escaped: write % as %25/],
    ["http://me:100%@proxy:3128", /write % as %25/],
    ["http://me:12#secret@proxy:3128", /# as %23/],
    ["http://me:secret#@proxy:3128", /# as %23/],
    ["http://me:sec/ret@proxy:3128", /\/ as %2F/],
    ["http://me:sec?ret@proxy:3128", /\? as %3F/],
    ["http://me:sec ret@proxy:3128", /escaped/],
    ["http://me:secret%E9@proxy:3128", /no UTF-8 text/],
    ["socks5://me:secret@proxy:1080", /SOCKS proxies are not supported: give an HTTP proxy/],
    ["socks://proxy:1080", /SOCKS/],
    ["socks4a://proxy:1080", /SOCKS/],
    ["ftp://proxy:3128", /must be a URL such as http:\/\/proxy:3128/],
    ["proxy:3128", /must be a URL/],
    ["http://", /must be a URL/],
    ["http://proxy:99999", /must be a URL/],
    ["http://proxy:3128/path", /must end after host and port/],
    ["http://proxy:3128?x=secret", /must end after host and port/],
  ])("says what is wrong with %s, and none of it", (text, problem) => {
    expect(proxyAddress(text)).toMatch(problem);
    expect(proxyAddress(text)).not.toContain("secret");
  });
});
