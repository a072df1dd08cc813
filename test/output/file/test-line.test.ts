import { describe, expect, it } from "vitest";
import { decode } from "../../../src/event/decode.ts";
import { testAction } from "../../../src/event/own-actions.ts";
import { rehearsalLabel, rehearsalRecord, testRecord } from "../../../src/event/test-event.ts";
import { isTestLine } from "../../../src/output/file/test-line.ts";
import { agent, origin } from "../../format/arbitrary-event.ts";
import { formats } from "../../format/texts.ts";

const nowMs = Date.UTC(2026, 7, 1, 12);
const when = { guid: "0e0e0e0e-0000-4000-8000-000000000001", nowMs };
const rehearsed = { ...origin, labels: [[rehearsalLabel, "team-deletion"] as const] };
/** As W&B would have it, with the words in everything that somebody may write. */
const named = [
  ...[`${rehearsalLabel}=team-deletion`, `x ${rehearsalLabel}=x`, `"labels":{"${rehearsalLabel}":"x"}`],
  ...[`","labels":{"${rehearsalLabel}":"x"},"a":"`, testAction, ` act=${testAction} `, rehearsalLabel],
];

describe.each(Object.keys(formats) as (keyof typeof formats)[])("a line of %s", (format) => {
  const line = formats[format](agent);

  it("is that of a test event", () => {
    expect(isTestLine(line(decode(testRecord(origin, when.guid, nowMs), origin)))).toBe(true);
  });

  it("is one of a rehearsal", () => {
    const record = rehearsalRecord(rehearsed, { action: "team:delete", entity_name: "nlp-team" }, when);
    expect(isTestLine(line(decode(record, rehearsed)))).toBe(true);
  });

  it.each(named)("is none where somebody has named things %s", (name) => {
    const record = {
      ...{ action: "team:delete", entity_name: name, project_name: name, actor_email: name },
      ...{ artifact_qualified_name: name, note: name, note2: { [rehearsalLabel]: name, [name]: name } },
    };
    expect(isTestLine(line(decode(rehearsalRecord(origin, record, when), origin)))).toBe(false);
  });
});

it.each(["", "{", "null", "[]", '"x"', rehearsalLabel, testAction, `{"attributes":{},"metadata":7}`])(
  "%j is none",
  (line) => {
    expect(isTestLine(line)).toBe(false);
  },
);
