import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { actionTable } from "../src/event/action-table.ts";
import { decode } from "../src/event/decode.ts";
import type { AuditEvent } from "../src/event/event.ts";
import { type FormatName, formatNames } from "../src/format/all.ts";
import { Unfinished } from "../src/ingest/allowance.ts";
import { deduplicator } from "../src/ingest/deduplicate.ts";
import { uidText } from "../src/ingest/identity.ts";
import { ledger } from "../src/ingest/ledger.ts";
import { parseEntry } from "../src/record/parse-entry.ts";
import { agent, origin } from "./format/arbitrary-event.ts";
import { ecsProblems } from "./format/ecs-schema.ts";
import { ocsfProblems } from "./format/ocsf-schema.ts";
import { prettyJson } from "./format/pretty-json.ts";
import { formats } from "./format/texts.ts";

// A folder is a case: `input.json` is one record to the byte, the other files are what it becomes. JSON is
// laid
// out for reading, and `raw.txt` is there only where it differs from the input by a byte.
// `UPDATE_CASES=1 npx vitest run test/cases.test.ts` writes the expected files anew; look at the difference.
const root = join(import.meta.dirname, "cases");
const names = readdirSync(root).sort();
const update = process.env.UPDATE_CASES === "1";
const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };

function eventOf(name: string): AuditEvent {
  const bytes = inputOf(name);
  const entry = parseEntry(bytes);
  const read = ledger({ load: () => [] }).read(new Unfinished());
  const raw = entry === undefined ? { bytes, fault: "not_json" } : { bytes, entry };
  const record = deduplicator({
    read,
    instance: origin.instance,
    stateId: "",
    watermark: undefined,
  }).newRecordOf(raw, 20_666);
  if (record === undefined) throw new Error("nothing was known before");
  return decode({ ...record, uid: uidText(record.uid), seq: 1, source: origin.source, observed }, origin);
}

function withoutLineEnd(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}

function inputOf(name: string): Buffer {
  return withoutLineEnd(readFileSync(join(root, name, "input.json")));
}

/** What a case should become; undefined when nobody has written that down. */
function expected(name: string, format: FormatName): string | undefined {
  const path = join(root, name, fileOf(format));
  if (existsSync(path)) return readFileSync(path, "utf8");
  return format === "raw" && isUtf8(inputOf(name)) ? `${inputOf(name).toString("utf8")}\n` : undefined;
}

function rewrite(name: string, format: FormatName, text: string): void {
  const path = join(root, name, fileOf(format));
  rmSync(path, { force: true });
  if (text !== expected(name, format)) writeFileSync(path, text);
}

function fileOf(format: FormatName): string {
  return format === "cef" || format === "raw" ? `${format}.txt` : `${format}.json`;
}

function shown(format: FormatName, event: AuditEvent): string {
  const payload = formats[format](agent)(event);
  return `${format === "cef" || format === "raw" ? payload : prettyJson(payload)}\n`;
}

describe.each(names)("case %s", (name) => {
  const event = eventOf(name);

  it.each(formatNames)("is the expected %s", (format) => {
    const text = shown(format, event);
    if (update) rewrite(name, format, text);
    expect(text).toBe(expected(name, format));
  });

  it("is valid ECS", () => {
    expect(ecsProblems(JSON.parse(formats.ecs(agent)(event)))).toEqual([]);
  });

  it("is valid OCSF", () => {
    expect(ocsfProblems(JSON.parse(formats.ocsf(agent)(event)))).toEqual([]);
  });
});

describe("cases", () => {
  it("cover every documented action", () => {
    const missing = actionTable
      .map(({ action }) => action.replaceAll(/[:_]/g, "-"))
      .filter((name) => !names.includes(name));
    expect(missing).toEqual([]);
  });

  it("show that names filled in later do not make another event", () => {
    expect(eventOf("rename-after").uid).toBe(eventOf("rename-before").uid);
  });

  it("hold an input, the expected files and nothing else, and raw.txt only where it says something", () => {
    for (const name of names) {
      const raw = existsSync(join(root, name, "raw.txt"));
      const files = ["input.json", ...formatNames.filter((format) => raw || format !== "raw").map(fileOf)];
      expect(readdirSync(join(root, name)).sort(), name).toEqual(files.sort());
      if (!raw) continue;
      const bytes = withoutLineEnd(readFileSync(join(root, name, "raw.txt")));
      expect(bytes.equals(inputOf(name)), name).toBe(false);
    }
  });
});
