import { describe, expect, test } from "vitest";
import { proxyFor, proxyOf } from "../../../src/net/http/proxy.ts";

const proxy = "http://proxy.example:3128";
const through = (url: string, noProxy = "") =>
  proxyFor(new URL(url), undefined, { HTTPS_PROXY: proxy, NO_PROXY: noProxy }) === proxy;

describe("proxyFor", () => {
  test("asks HTTPS_PROXY for https and HTTP_PROXY for http, lower case first", () => {
    const environment = { HTTPS_PROXY: "http://a:1", https_proxy: "http://b:1", HTTP_PROXY: "c:1" };
    expect(proxyFor(new URL("https://w.example"), undefined, environment)).toBe("http://b:1");
    expect(proxyFor(new URL("http://w.example"), undefined, environment)).toBe("http://c:1");
    expect(proxyFor(new URL("https://w.example"), undefined, {})).toBeUndefined();
    expect(proxyFor(new URL("https://w.example"), undefined, { HTTPS_PROXY: "" })).toBeUndefined();
  });

  test("a configured proxy is always used", () => {
    expect(proxyFor(new URL("https://w.example"), proxy, { NO_PROXY: "*" })).toBe(proxy);
  });

  test.each(["http://localhost:4318", "http://127.0.0.1:8088", "https://[::1]", "http://127.1"])(
    "what is for this machine, %s, stays on it, unless a proxy is configured",
    (url) => {
      const environment = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
      expect(proxyFor(new URL(url), undefined, environment)).toBeUndefined();
      expect(proxyFor(new URL(url), proxy, environment)).toBe(proxy);
    },
  );

  test.each([
    ["https://w.example", "*"],
    ["https://w.example", "w.example"],
    ["https://W.example", "other.example, W.EXAMPLE"],
    ["https://a.w.example", "w.example"],
    ["https://a.w.example", ".w.example"],
    ["https://a.w.example", "*.w.example"],
    ["https://w.example:8443", "w.example:8443"],
    ["https://w.example", "w.example:443"],
    ["https://10.0.0.1", "10.0.0.1"],
    ["https://10.0.0.1", "10.0.0.0/8"],
    ["https://[fd00::1]", "fd00::1"],
    ["https://[fd00::1]:8443", "[fd00::1]:8443"],
    ["https://[::ffff:10.0.0.1]", "10.0.0.1"],
  ])("goes directly to %s under NO_PROXY=%s", (url, noProxy) => {
    expect(through(url, noProxy)).toBe(false);
  });

  test.each([
    ["https://notw.example", "w.example"],
    ["https://w.example", "w.example:8443"],
    ["https://10.0.0.2", "10.0.0.1"],
    ["https://11.0.0.1", "10.0.0.0/8"],
    ["https://10.0.0.1", "0.0.1"],
    ["https://w.example", "10.0.0.0/99"],
    ["https://w.example", " , "],
  ])("goes through the proxy to %s under NO_PROXY=%s", (url, noProxy) => {
    expect(through(url, noProxy)).toBe(true);
  });
});

describe("proxyOf", () => {
  const url = new URL("https://api.wandb.ai");

  test("is the proxy as it is used", () => {
    expect(proxyOf(url, undefined, { HTTPS_PROXY: "me:pass@proxy:3128" })).toEqual({
      secure: false,
      host: "proxy",
      port: 3128,
      authorization: `Basic ${btoa("me:pass")}`,
    });
    expect(proxyOf(url, undefined, {})).toBeUndefined();
  });

  test.each([
    ["https_proxy", { https_proxy: "http://me:s3cr3t%@proxy:3128" }, undefined],
    ["HTTPS_PROXY", { HTTPS_PROXY: "socks5://me:s3cr3t@proxy:1080" }, undefined],
    ["HTTPS_PROXY", { HTTPS_PROXY: "me:s3cr3t#1@proxy:1080" }, undefined],
    ["proxy", { HTTPS_PROXY: "http://proxy:3128" }, "socks5://me:s3cr3t@proxy:1080"],
  ])("names %s and the cure, never the value", (name, environment, configured) => {
    let message = "";
    try {
      proxyOf(url, configured, environment);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(new RegExp(`^${name}: .*(write|give)`));
    expect(message).not.toContain("s3cr3t");
  });
});
