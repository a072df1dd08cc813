import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scrubber } from "../../src/secret/scrub.ts";
import { Secret } from "../../src/secret/secret.ts";

const value = 'c4n&ry <"key">/+?\\é 42';

describe("scrubber", () => {
  it.each([
    ["plain", value],
    ["URL-encoded", encodeURIComponent(value)],
    ["URL-encoded in lower case", encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase())],
    ["as a form field", new URLSearchParams({ key: value }).toString()],
    ["in JSON", JSON.stringify({ message: `key was ${value}` })],
    ["in JSON within JSON", JSON.stringify(JSON.stringify({ message: value }))],
    ["in HTML", "c4n&amp;ry &lt;&quot;key&quot;&gt;/+?\\é 42"],
    ["base64", Buffer.from(value).toString("base64")],
    ["base64url", Buffer.from(value).toString("base64url")],
    ["base64 of api:key", Buffer.from(`api:${value}`).toString("base64")],
    ["base64 of :key", Buffer.from(`:${value}`).toString("base64")],
    ["base64 of user:key with more behind", Buffer.from(`someone:${value}\r\n`).toString("base64")],
  ])("takes a secret out: %s", (_, text) => {
    const clean = scrubber([new Secret(value)])(`before ${text} after`);
    expect(clean).toContain("***");
    expect(clean).toMatch(/^before .*after$/s);
    expect(clean).not.toContain("ry");
    expect(clean).not.toContain(Buffer.from(value).toString("base64").slice(8, 16));
  });

  it("knows the credential behind a scheme, and what Basic encodes", () => {
    const basic = `Basic ${Buffer.from("someone:its-password-1").toString("base64")}`;
    const scrub = scrubber([new Secret("Bearer abcdef-0123"), new Secret(basic)]);
    expect(scrub("you sent abcdef-0123, someone:its-password-1, its-password-1")).toBe(
      "you sent ***, ***, ***",
    );
  });

  it("leaves nothing of any secret whatever stands around it in base64", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9._-]{8,40}$/),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const text = Buffer.from(before + secret + after).toString("base64");
          const clean = scrubber([new Secret(secret)])(text);
          expect(clean).toContain("***");
          // At most the characters at the two edges, which hold a part of one byte, are left.
          expect(Buffer.from(clean.replace("***", ""), "base64").toString("latin1")).not.toContain(secret);
        },
      ),
    );
  });

  it("knows a secret that was rotated, and still the one before", () => {
    let current = "first-value-1";
    const secret = new Secret(current);
    secret.bind(() => current);
    const scrub = scrubber([secret]);
    expect(scrub("first-value-1")).toBe("***");
    current = "second-value-2";
    secret.reload();
    expect(scrub("second-value-2 first-value-1")).toBe("*** ***");
  });

  it("takes the longer of two secrets where one begins with the other", () => {
    const scrub = scrubber([new Secret("abcdefgh"), new Secret("abcdefgh-and-more")]);
    expect(scrub("abcdefgh-and-more")).toBe("***");
  });

  it("leaves text without secrets alone, and all text when there is no secret", () => {
    expect(scrubber([new Secret("abcdefgh")])("nothing here")).toBe("nothing here");
    expect(scrubber([])("nothing here")).toBe("nothing here");
  });
});
