import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { AuditEvent } from "../../src/event/event.ts";
import { extensionValue, headerField } from "../../src/format/cef-text.ts";
import { formatted } from "../../src/format/format.ts";
import { structuredData } from "../../src/output/syslog/structured-data.ts";
import { excerpt } from "../../src/text/excerpt.ts";
import { notForPeople, notOnTheWire, runsOf, unicodeEscape } from "../../src/text/hostile.ts";
import { html } from "../../src/text/html.ts";
import { quote } from "../../src/text/json-text.ts";
import { printable } from "../../src/text/printable.ts";
import { sampleEvent } from "../contract/sample-event.ts";
import { raw } from "../format/texts.ts";

/** The blocks with characters of no shape, halves of characters, ordinary ones, and a few from beyond U+FFFF. */
const everyCharacter = [
  [0, 0x0700],
  [0x1800, 0x1810],
  [0x2000, 0x2100],
  [0xd7f0, 0xe010],
  [0xfe00, 0x10000],
  [0x1f600, 0x1f640],
  [0xe0000, 0xe0080],
].flatMap(([from = 0, to = 0]) =>
  Array.from({ length: to - from }, (_, at) => String.fromCodePoint(from + at)),
);
const those = (set: string) =>
  everyCharacter.filter((character) => new RegExp(`[${set}]`, "u").test(character));
const sent = new RegExp(`[^${notOnTheWire}]`, "u");

describe("hostile characters", () => {
  it("that are not sent are not shown either", () => {
    const shown = new RegExp(`[^${notForPeople}]`, "u");
    expect(those(notOnTheWire).filter((character) => shown.test(character))).toEqual([]);
  });

  it("are never sent when they end a line, steer a terminal or turn the direction of text", () => {
    expect(those(notOnTheWire).map(unicodeEscape).length).toBe(32 + 33 + 2 + 12);
    for (const character of "\0\n\r\u001b\u007f\u0085\u009b\u2028\u2029\u061c\u200e\u200f\u202a\u202e\u2066\u2069")
      expect(sent.test(character)).toBe(false);
  });

  it("are sent but not shown when they are only invisible: they belong to emoji, spellings and names", () => {
    for (const character of ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u{e0041}"]) {
      expect(sent.test(character)).toBe(true);
      expect(printable(character)).toBe(unicodeEscape(character));
    }
  });
});

describe("a text of nothing but hostile characters", () => {
  const text = "\u007f\u202e".repeat(10_000);

  it("is one run, and its escapes are made once for each character", () => {
    expect(text.match(runsOf(notOnTheWire))).toEqual([text]);
    const padStart = vi.spyOn(String.prototype, "padStart");
    onTestFinished(() => padStart.mockRestore());
    expect(quote(text)).toBe(`"${"\\u007f\\u202e".repeat(10_000)}"`);
    expect(padStart.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it.each(["a JSON text", "a raw record"])("is looked at as one run: %s", (wire) => {
    const replace = vi.spyOn(String.prototype, "replace");
    onTestFinished(() => replace.mockRestore());
    wires[wire]?.(text);
    const patterns = replace.mock.calls.map(([pattern]) => pattern as unknown as RegExp);
    expect(patterns.length).toBeGreaterThan(0);
    for (const pattern of patterns) expect((text.match(pattern) ?? []).length).toBeLessThanOrEqual(1);
  });

  it("is blanked at once in structured data", () => {
    const repeat = vi.spyOn(String.prototype, "repeat");
    onTestFinished(() => repeat.mockRestore());
    const { length } = text;
    expect(wires["structured data"]?.(text)).toMatch(new RegExp(`^ {${length}}$`));
    expect(repeat.mock.calls).toEqual([[length]]);
  });
});

/** What becomes of a character in the middle of a text. */
type Writer = (text: string) => string;
const named = (text: string): AuditEvent => sampleEvent(1, text);
const wires: Readonly<Record<string, Writer>> = {
  "a JSON text": quote,
  "a CEF extension": (text) => extensionValue(text, 1000),
  "a CEF header": (text) => headerField(text, 1000),
  "a raw record": (text) => raw({ ...named(""), raw: text }),
  "structured data": (text) =>
    / project_name="([\s\S]*?)"/.exec(formatted(structuredData(1))(named(text)))?.[1] ?? "",
};
const views: Readonly<Record<string, Writer>> = {
  "a log line": printable,
  "an excerpt": excerpt,
  "a page": (text) => html`${text}`.markup,
};

describe.each(Object.entries(wires))("on the way out, %s", (_, write) => {
  it("has none of what is not sent, and everything else as it was", () => {
    const special = /["\\=|\]\ud800-\udfff]/;
    const wrong = everyCharacter.filter((character) => {
      if (special.test(character) && character.length === 1) return false;
      const written = write(`a${character}b`);
      return sent.test(character)
        ? written.replaceAll('"', "") !== `a${character}b`
        : written.includes(character);
    });
    expect(wrong.map(unicodeEscape)).toEqual([]);
  });
});

describe.each(Object.entries(views))("for people, %s", (_, write) => {
  it("has none of what is not shown, and everything else as it was", () => {
    const hidden = new RegExp(`[${notForPeople}]`, "u");
    const wrong = everyCharacter.filter((character) => {
      const written = write(`a${character}b`);
      if (/[\t\n\r &<>"']/.test(character)) return false;
      return hidden.test(character)
        ? written !== `a${unicodeEscape(character)}b`
        : written !== `a${character}b`;
    });
    expect(wrong.map(unicodeEscape)).toEqual([]);
  });
});

it("JSON reads a printable text as what it was", () => {
  const text = JSON.stringify(those(notForPeople));
  expect(JSON.parse(printable(text))).toEqual(those(notForPeople));
});
