import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatNames, formats } from "../../src/format/all.ts";
import { labelsMember } from "../../src/format/labels.ts";
import { raw } from "../../src/format/raw.ts";
import { withLabels } from "../../src/record/origin.ts";
import { labels as schema } from "../../src/schema/labels.ts";
import { encoded } from "../fake/payloads.ts";
import { agent, events, eventWith, faulty, origin } from "./arbitrary-event.ts";
import { readCef } from "./cef-reader.ts";

const written = { environment: "production", tenant: 'a "b" = c | \\ ]' };
const labels = schema.parse(written);
const labelled = withLabels(origin, labels);

interface Tag {
  readonly name: string;
  readonly value: string;
}

function tagsIn({ metadata }: { readonly metadata: { readonly tags?: readonly Tag[] } }): unknown {
  return Object.fromEntries((metadata.tags ?? []).map(({ name, value }) => [name, value]));
}

/** Where a format has them, taken out of what it wrote. */
function labelsIn(name: (typeof formatNames)[number], text: string): unknown {
  if (name === "cef") {
    const { extension } = readCef(text);
    return Object.fromEntries(Object.keys(written).map((key) => [key, extension.get(key)]));
  }
  const payload = JSON.parse(text);
  if (name === "ocsf") return tagsIn(payload);
  if (name !== "otlp") return payload.labels;
  const attributes: { key: string; value: { stringValue?: string } }[] = payload.attributes;
  const found = attributes.filter(({ key }) => Object.hasOwn(written, key));
  return Object.fromEntries(found.map(({ key, value }) => [key, value.stringValue]));
}

describe.each(formatNames)("labels in %s", (name) => {
  const textOf = (event: Parameters<typeof encoded>[1]) =>
    encoded({ encode: formats[name](agent) }, event).toString();

  it("stand in every event, whatever that holds", () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(labelsIn(name, textOf({ ...event, origin: labelled }))).toEqual(written);
      }),
    );
  });

  it("stand beside the id of a replay, and in records that cannot be read", () => {
    const event = { ...eventWith(), origin: labelled, replayId: "20260801120000" };
    expect(labelsIn(name, textOf(event))).toMatchObject(written);
    expect(labelsIn(name, textOf({ ...faulty, origin: labelled }))).toEqual(written);
  });

  it("change nothing where there are none", () => {
    const event = eventWith();
    expect(textOf({ ...event, origin: withLabels(origin, []) })).toBe(textOf(event));
  });
});

describe("labels in a record's own text", () => {
  const withThem = (text: string) =>
    encoded({ encode: raw }, eventWith({ raw: text, origin: labelled })).toString();

  it.each([
    ['{"a":1}', `{"a":1${labelsMember(labelled)}}`],
    ['{"a":1 } ', `{"a":1 ${labelsMember(labelled)}}`],
    ["{}", `{${labelsMember(labelled).slice(1)}}`],
    [" { } ", ` { ${labelsMember(labelled).slice(1)}}`],
    ['{"labels":{"tenant":"forged"}}', `{"labels":{"tenant":"forged"}${labelsMember(labelled)}}`],
  ])("are the last member of %j, which counts", (text, expected) => {
    expect(withThem(text)).toBe(expected);
    expect(JSON.parse(withThem(text)).labels).toEqual(written);
  });
});
