// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import fc from "fast-check";
import { expect, test } from "vitest";
import { interpolate } from "../../src/config/interpolate.ts";
import { loadText, problemsIn } from "./load-text.ts";

const surroundings = {
  environment: { NAME: "value", EMPTY: "", DIRECTORY: "/run/credentials/x", TRICK: "${NAME} ${file:/a}" },
  readFile: (path: string) => {
    if (path === "/run/credentials/x/key") return { text: "from a file\n", mode: 0o400 };
    if (path === "/lines") return { text: "one\ntwo\r\n\r\n", mode: 0o400 };
    throw Object.assign(new Error("x"), { code: "ENOENT" });
  },
};
const expand = (text: string) => interpolate(text, surroundings).text;

test.each([
  ["${NAME}", "value"],
  ["a${NAME}b${NAME}c", "avaluebvaluec"],
  ["${EMPTY}", ""],
  ["${EMPTY:-default}", "default"],
  ["${ABSENT:-}", ""],
  ["${ABSENT:-https://a:1/?b=c}", "https://a:1/?b=c"],
  ["${ABSENT:-${NAME}}", "value"],
  ["${NAME:-${ABSENT}}", "value"],
  ["$${NAME}", "${NAME}"],
  ["$$${NAME}", "$${NAME}"],
  ["$NAME $ {NAME} $", "$NAME $ {NAME} $"],
  ["${file:/run/credentials/x/key}", "from a file"],
  ["${file:${DIRECTORY}/key}", "from a file"],
  ["${file:/lines}", "one\ntwo\r\n"],
  ["${TRICK}", "${NAME} ${file:/a}"],
])("%s becomes %s", (template, text) => {
  expect(expand(template)).toBe(text);
});

test.each([
  ["${ABSENT}", "the environment variable ABSENT is not set"],
  ["${toString}", "the environment variable toString is not set"],
  ["${file:/absent}", "cannot read /absent: no such file"],
  ["${file:relative}", "the path of a file must begin with /"],
  ["${file:}", "the path of a file must begin with /"],
  ["${", "not a reference"],
  ["${}", "not a reference"],
  ["${NAME", "not a reference"],
  ["${not a name}", "not a reference"],
  ["${NAME:default}", "not a reference"],
  ["${A:-${B:-${C:-${D:-${E:-x}}}}}", "not a reference"],
])("%s is refused", (template, message) => {
  expect(() => expand(template)).toThrow(message);
});

test("text without references stays as it is, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const escaped = text.replaceAll("${", "$${");
      fc.pre(!text.includes("$${"));
      expect(expand(escaped)).toBe(text);
    }),
  );
});

const config = (line: string) =>
  `sources: [{ name: prod, type: feed, url: "https://a.example", api_key: "\${KEY}" }]\noutputs:\n  - name: siem\n    type: collector\n    ${line}\n`;

test("what is put in is never read as YAML", () => {
  for (const value of [
    "x: y",
    "[a, b]",
    "{ a: 1 }",
    "true",
    "null",
    "12",
    "'",
    '"',
    "#",
    "*a",
    "&a",
    "!t",
    "${X}",
  ]) {
    const loaded = loadText(config("token: ${TOKEN}"), { environment: { KEY: "k", TOKEN: value } });
    expect(loaded.secrets.find(({ owner }) => owner === "siem")?.secret.reveal()).toBe(value);
  }
});

test("where a number or true and false are wanted, text that is one becomes one", () => {
  const environment = { KEY: "k", PORT: "9000", YES: "true", SIZE: "2MiB" };
  const loaded = loadText(
    config(
      'port: ${PORT}\n    lossy: "${NO:-false}"\n    batch: { max_bytes: "${SIZE}", max_events: "${PORT}" }\n    tls: { insecure_skip_verify: "${YES}" }',
    ),
    { environment },
  );
  expect(loaded.outputs[0]?.config).toMatchObject({
    port: 9000,
    lossy: false,
    batch: { max_bytes: 2 * 2 ** 20, max_events: 9000 },
    tls: { insecure_skip_verify: true },
  });
  for (const odd of ["9000 ", "0x10", "1e3", "yes", "", "1,5"]) {
    expect(problemsIn(config("port: ${PORT}"), { environment: { KEY: "k", PORT: odd } })).toEqual([
      "5:11: outputs[0].port: must be a number, not text",
    ]);
  }
  expect(problemsIn(config("port: ${PORT}"), { environment: { KEY: "k", PORT: "70000" } })).toEqual([
    "5:11: outputs[0].port: must be at most 65535",
  ]);
});

test("keys are never looked at for references", () => {
  expect(problemsIn(config("headers: { '${KEY}': x }"), { environment: { KEY: "k" } })).toEqual([]);
  expect(problemsIn(config("'${KEY}': x"), { environment: { KEY: "k" } })).toEqual([
    expect.stringContaining('outputs[0]."${KEY}": unknown key'),
  ]);
});
