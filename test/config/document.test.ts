// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import { describe, expect, it } from "vitest";
import { configDocument } from "../../src/config/document.ts";
import { pathKey } from "../../src/config/position.ts";

const read = (text: string, environment: Record<string, string> = {}) =>
  configDocument(text, {
    environment,
    readFile: () => ({ text: "from a file\n", mode: 0o600 }),
  });
const messages = (text: string) => read(text).problems.map(({ message }) => message);

describe("configDocument", () => {
  it("reads YAML with every value's place, and follows references and aliases", () => {
    const { value, places, templates, problems } = read(
      'a: &one { b: "${NAME}" }\nc:\n  - *one\n  - "${file:/run/secret}"\n',
      { NAME: "x: y" },
    );
    expect(problems).toEqual([]);
    expect(JSON.stringify(value)).toBe('{"a":{"b":"x: y"},"c":[{"b":"x: y"},"from a file"]}');
    expect(places.ofValue(["c", 1])).toEqual({ line: 4, column: 5 });
    expect(templates.get(pathKey(["a", "b"]))?.text).toBe("${NAME}");
    expect(templates.get(pathKey(["c", 1]))?.files).toEqual([{ path: "/run/secret", mode: 0o600 }]);
  });

  it("takes __proto__ for a key like any other", () => {
    const { value } = read("__proto__: { polluted: true }\n");
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect("polluted" in {}).toBe(false);
  });

  it.each([
    ["a: 1\na: 2\n", /second time/],
    ["a: !secret x\n", /tags/],
    ["a: b: c\n", /": "/],
    ["\ta: 1\n", /tab/],
    ["a: 1\n---\nb: 2\n", /more than one document/],
    ["a: *nowhere\n", /anchor|alias/],
    ["a: &x { b: 1 }\nc: { <<: *x }\n", /^YAML 1\.2 merges nothing$/],
  ])("%j is a problem in our words", (text, message) => {
    const [first = "", ...others] = messages(text);
    expect(first).toMatch(message);
    expect(others).toEqual([]);
  });

  it("quotes no value: it may be a secret", () => {
    const { problems } = read('token: "s3cret\nurl: x\n');
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });

  it("gives up a bomb of aliases, and what is nested deeper than the stack", () => {
    const bomb = `a: &a [x, x]\n${[..."bcdefgh"].map((name, at) => `${name}: &${name} [*${"abcdefg"[at]}, *${"abcdefg"[at]}]`).join("\n")}\n`;
    expect(messages(bomb)).toContain("too many aliases");
    expect(messages("[".repeat(100_000))).toEqual(["nested too deeply"]);
  });
});
