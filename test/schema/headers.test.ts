import { describe, expect, it } from "vitest";
import { isHeaderName, isHeaderValue, secretHeaders } from "../../src/schema/headers.ts";

const problems = (headers: unknown) =>
  secretHeaders({ authorization: "give the key as api_key" })
    .safeParse(headers)
    .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe("headers with secrets", () => {
  it("are kept as they are written, and never shown", () => {
    const parsed = secretHeaders().parse({ "CF-Access-Client-Id": "abc", "X-Token": "très" });
    expect(Object.entries(parsed).map(([name, value]) => [name, value.reveal()])).toEqual([
      ["CF-Access-Client-Id", "abc"],
      ["X-Token", "très"],
    ]);
    expect(JSON.stringify(parsed)).not.toContain("abc");
    expect(secretHeaders().parse(undefined)).toEqual({});
  });

  it.each([
    [{ "X Y": "a" }, "X Y: is not the name of a header that can be set"],
    [{ Host: "a" }, "Host: is not the name of a header that can be set"],
    [{ Authorization: "a" }, "Authorization: is set by the program: give the key as api_key"],
    [{ "X-A": "a", "x-a": "b" }, "x-a: is there twice: names of headers do not differ by case"],
    [{ "X-A": "日本" }, "X-A: holds characters that a header cannot carry, such as letters beyond Latin-1"],
    [{ "X-A": "a\r\nX-B: b" }, "X-A: must be one line, without control characters"],
    [{ "X-A": "" }, "X-A: must not be empty"],
  ])("are refused as %j", (headers, text) => {
    expect(problems(headers)).toContain(text);
  });

  it("have the names and values of RFC 9110", () => {
    expect(["a", "X-1", "!#$%&'*+.^_`|~"].every(isHeaderName)).toBe(true);
    expect(["", "a b", "ä", "a:", "Content-Length", "TE"].some(isHeaderName)).toBe(false);
    expect([" ", "a\tb", "ÿ"].every(isHeaderValue)).toBe(true);
    expect(["\n", "\u007f", "Ā"].some(isHeaderValue)).toBe(false);
  });
});
