import { describe, expect, it } from "vitest";
import { splunkHecKind } from "../../../src/output/splunk-hec/kind.ts";

const parse = (url: string, more: object = {}) =>
  splunkHecKind.schema.safeParse({ name: "splunk", type: "splunk_hec", url, token: "t", ...more });

describe("the configuration of splunk_hec", () => {
  it.each([
    "http://localhost:8088",
    "http://splunk.localhost:8088",
    "http://127.0.0.2:8088",
    "http://[::1]:8088",
  ])("takes plain HTTP to this machine: %s", (url) => expect(parse(url).success).toBe(true));

  it("takes plain HTTP to another machine only when the operator agrees", () => {
    for (const url of [
      "http://splunk.example:8088",
      "http://10.0.0.5:8088",
      "http://localhost.example:8088",
    ]) {
      expect(parse(url).error?.issues).toMatchObject([
        { path: ["url"], message: expect.stringContaining("allow_plaintext") },
      ]);
      expect(parse(url, { allow_plaintext: true }).success).toBe(true);
    }
  });
});
