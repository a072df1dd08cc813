import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { AuditEvent } from "../../src/event/event.ts";
import { documentedKeys, type KnownKey, undocumentedKeys } from "../../src/record/known-keys.ts";
import { events, eventWith, faulty, texts } from "./arbitrary-event.ts";
import { readCef } from "./cef-reader.ts";
import { cef } from "./texts.ts";
import { eventOf, vectors } from "./vectors.ts";

interface Dictionary {
  extensions: { key: string; audience: string; type: string; since: string; length?: number }[];
}
const dictionary = new Map(
  (
    parse(readFileSync(new URL("../data/cef_keys.yaml", import.meta.url), "utf8")) as Dictionary
  ).extensions.map((row) => [row.key, row]),
);
const headerLimits = [63, 63, 31, 1023, 512, 2];
const order =
  "rt act cat outcome reason suser suid src spt c6a2 c6a2Label duser duid destinationServiceName dvchost deviceExternalId requestClientApplication filePath fileId fileHash fileType cn1 cn1Label cs1 cs1Label cs2 cs2Label cs3 cs3Label cs4 cs4Label cs5 cs5Label cs6 cs6Label flexString1 flexString1Label flexString2 flexString2Label externalId tags msg".split(
    " ",
  );
const disturbing = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/u;

function extension(event: AuditEvent): Record<string, string> {
  return Object.fromEntries(readCef(cef(event)).extension);
}

function isValid(event: AuditEvent): void {
  const line = cef(event);
  expect(disturbing.test(line), line).toBe(false);
  const { header, extension } = readCef(line);
  header.forEach((field, at) => {
    // Outer U+0020 are taken away; other white space is content.
    expect(field).not.toMatch(/^ | $/);
    expect([...field].length).toBeLessThanOrEqual(headerLimits[at] as number);
  });
  expect(Number(header[5])).toBeGreaterThanOrEqual(0);
  expect(Number(header[5])).toBeLessThanOrEqual(10);
  const keys = [...extension.keys()];
  expect(keys).toEqual(order.filter((key) => extension.has(key)));
  for (const [key, value] of extension) {
    // What no dictionary has is kept by consumers under its name.
    if (key === "tags") continue;
    const row = dictionary.get(key);
    expect(row?.audience, key).toBe("producer");
    expect(row?.since, key).toBe("0.1");
    expect(value).not.toBe("");
    if (row?.length !== undefined) expect([...value].length, key).toBeLessThanOrEqual(row.length);
    if (/^(cs|cn|c6a|flexString)\d$/.test(key)) expect(extension.has(`${key}Label`), key).toBe(true);
    if (key.endsWith("Label")) expect(extension.has(key.slice(0, -5)), key).toBe(true);
  }
}

describe("cef", () => {
  test.each(vectors.map((vector, at) => [at + 1, vector] as const))(
    "writes golden vector %i",
    (_, vector) => {
      const event = eventOf(vector.input, vector.uid);
      expect(cef(event)).toBe(vector.cef);
      isValid(event);
    },
  );

  test("writes one valid line of any event", () => {
    fc.assert(fc.property(events, isValid), { numRuns: 500 });
  });

  test("has the same keys whatever stands in the values", () => {
    const known = [...documentedKeys, ...undocumentedKeys] as readonly KnownKey[];
    fc.assert(
      fc.property(fc.subarray([...known]), texts, (keys, text) => {
        const keysWith = (value: string) => {
          const event = eventWith({
            keys: Object.fromEntries(keys.map((key) => [key, value])),
            raw: "{}",
            unmapped: [[value, '"x"']],
          });
          return Object.keys(extension(event));
        };
        expect(keysWith(`v${text}`)).toEqual(keysWith("v"));
      }),
    );
  });

  test("gives every value back as it was, cleaned of controls and outer spaces", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const clean = text
          .toWellFormed()
          .replace(/\r\n/g, "\n")
          .replace(/(?![\r\n])[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, " ")
          .replace(/^ +| +$/g, "");
        expect(extension(eventWith({ keys: { project_name: text } })).cs2).toBe(
          clean === "" ? undefined : clean,
        );
      }),
    );
  });

  test("cannot be made to hold another key, field or line", () => {
    const attack = "x cs1=spoof|y\\|z\\\r\n<132>1 forged - - - -\nCEF:0|a|b|c|d|e|1|src=1.1.1.1";
    const event = eventWith({
      action: attack,
      keys: { action: attack, actor_email: attack, project_name: `${attack}\\` },
    });
    const { header, extension } = readCef(cef(event));
    expect(header[3]).toBe("x cs1=spoof|y\\|z\\ <132>1 forged - - - - CEF:0|a|b|c|d|e|1|src=1.1.1.1");
    expect(extension.get("suser")).toBe(attack.replaceAll("\r\n", "\n"));
    expect(extension.has("cs1")).toBe(false);
    expect(extension.has("src")).toBe(false);
  });

  test("cuts by code points and never through an escape or a pair", () => {
    const { suser, act, fileHash } = extension(
      eventWith({
        action: "=".repeat(70),
        keys: { actor_email: "🧪".repeat(2000), artifact_digest: `${"a".repeat(254)}  b` },
      }),
    );
    expect([...(suser ?? "")]).toHaveLength(1023);
    expect(act).toBe("=".repeat(63));
    expect(fileHash).toBe("a".repeat(254));
  });

  test("leaves out what is only controls, and still names the action", () => {
    const { header, extension } = readCef(
      cef(eventWith({ action: "\u0001\u0002", keys: { actor_email: "\u0000 \u2028", entity_name: "\t" } })),
    );
    expect([header[3], extension.get("act"), extension.has("suser"), extension.has("cs1Label")]).toEqual([
      "unknown",
      "unknown",
      false,
      false,
    ]);
  });

  test("puts IPv4 into src, IPv6 into c6a2, and the port beside either", () => {
    expect(extension(eventWith({ ip: "10.0.0.1", port: 0 }))).toMatchObject({ src: "10.0.0.1", spt: "0" });
    const six = extension(eventWith({ ip: "2001:db8::1", port: 443 }));
    expect(six).toMatchObject({ c6a2: "2001:db8::1", c6a2Label: "Source IPv6 Address", spt: "443" });
    expect(six.src).toBeUndefined();
  });

  test("shows an unparseable record with its text, and claims no more about it", () => {
    const { header, extension } = readCef(cef(faulty));
    expect(header.slice(3)).toEqual(["unknown", "Unrecognized W&B action", "3"]);
    expect(extension.get("cs6")).toBe(faulty.raw);
    expect(extension.get("cs6Label")).toBe("additionalData");
    expect(extension.get("outcome")).toBe("unknown");
    expect(extension.has("cat")).toBe(false);
    expect([
      ...(readCef(cef({ ...faulty, raw: "<p>".repeat(100_000) })).extension.get("cs6") ?? ""),
    ]).toHaveLength(4000);
  });
});
