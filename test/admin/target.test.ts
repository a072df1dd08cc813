import { expect, it } from "vitest";
import { targetOf } from "../../src/admin/target.ts";

it.each([
  ["/metrics", "/metrics", "by.header"],
  ["/metrics?name=up", "/metrics", "by.header"],
  ["http://127.0.0.1:9464/metrics?x=/y", "/metrics", "127.0.0.1:9464"],
  ["HTTP://[::1]:9464/readyz", "/readyz", "[::1]:9464"],
  ["https://siem.example", "/", "siem.example"],
  ["http://siem.example?x", "/", "siem.example"],
  ["http:///livez", "/livez", ""],
  ["//siem.example/livez", "//siem.example/livez", "by.header"],
  ["*", "*", "by.header"],
  ["", "", "by.header"],
])("%s asks for %s of %s", (url, path, host) => {
  expect(targetOf({ url, headers: { host: "by.header" } })).toMatchObject({ path, host });
});

it("names no host where the client did not", () => {
  expect(targetOf({ url: "/", headers: {} }).host).toBeUndefined();
});
