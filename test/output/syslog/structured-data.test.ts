import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../src/event/event.ts";
import { formatted } from "../../../src/format/format.ts";
import { structuredData as format } from "../../../src/output/syslog/structured-data.ts";
import { events, eventWith, faulty } from "../../format/arbitrary-event.ts";

function structuredData(event: AuditEvent, pen: number): string {
  return formatted(format(pen))(event);
}

/** One SD-ELEMENT by RFC 5424 §6: params in order, or undefined when the text is anything else. */
function parse(text: string): { id: string; params: [string, string][] } | undefined {
  const element = /^\[([^ =\]"]{1,32})((?: [^ =\]"]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\]$/.exec(text);
  if (element === null) return undefined;
  const params = [...(element[2] as string).matchAll(/ ([^ =]+)="((?:[^"\\\]]|\\.)*)"/g)];
  return {
    id: element[1] as string,
    params: params.map(([, name, value]) => [
      name as string,
      (value as string).replace(/\\(["\\\]])/g, "$1"),
    ]),
  };
}

describe("structuredData", () => {
  it("is one element of one line, whatever an event holds", () => {
    fc.assert(
      fc.property(events, (event) => {
        const text = structuredData(event, 32473);
        const element = parse(text);
        expect(element?.id).toBe("wandb@32473");
        expect(element?.params[0]).toEqual(["uid", event.uid]);
        const names = element?.params.map(([name]) => name) ?? [];
        expect(new Set(names).size).toBe(names.length);
        expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
      { numRuns: 300 },
    );
  });

  it("escapes a quotation mark, a backslash and a closing bracket, and nothing else", () => {
    expect(structuredData(eventWith({ keys: { entity_name: 'a]b"c\\d[é=' } }), 1)).toContain(
      'entity_name="a\\]b\\"c\\\\d[é="',
    );
  });

  it("shows a line break as a space", () => {
    expect(structuredData(eventWith({ keys: { entity_name: "a\r\nb\u2028c" } }), 1)).toContain(
      'entity_name="a  b c"',
    );
  });

  it("keeps the rest as JSON, numbers as they were written", () => {
    const raw = '{"run_asset":9007199254740993,"artifact_sequence_name":"s","future":[1, 2]}';
    const event = eventWith({
      raw,
      keys: { run_asset: "9007199254740993", artifact_sequence_name: "s", actor_ip: "nowhere" },
      unmapped: [["future", "[1, 2]"]],
      tags: ["wandb_ip_invalid"],
    });
    expect(new Map(parse(structuredData(event, 1))?.params).get("unmapped")).toBe(
      '{"actor_ip":"nowhere","artifact_sequence_name":"s","future":[1,2],"run_asset":9007199254740993}',
    );
  });

  it("names the fault of a record that cannot be read", () => {
    expect(structuredData(faulty, 1)).toBe(
      `[wandb@1 uid="${faulty.uid}" outcome="unknown" fault="not_json"]`,
    );
  });
});
