import { readFileSync } from "node:fs";
import { actionTable } from "../src/event/action-table.ts";
import { decode } from "../src/event/decode.ts";
import type { AuditEvent } from "../src/event/event.ts";
import { Unfinished } from "../src/ingest/allowance.ts";
import { deduplicator } from "../src/ingest/deduplicate.ts";
import { uidText } from "../src/ingest/identity.ts";
import { ledger } from "../src/ingest/ledger.ts";
import { entryTime } from "../src/record/entry.ts";
import type { Origin } from "../src/record/origin.ts";
import { parseEntry } from "../src/record/parse-entry.ts";

/** Where the records of the examples are from. */
export const exampleOrigin: Origin = {
  source: "prod",
  instance: "mycompany.wandb.io",
  baseUrl: "https://mycompany.wandb.io",
  anonymize: false,
};

/** W&B shows what happens ten minutes later and more, seconds. */
const shownAfter = 12 * 60;

/** One documented action, and the record and event that show it. */
export interface Example {
  readonly action: string;
  readonly record: string;
  readonly event: AuditEvent;
}

/** An example of each documented action: the golden case of its name. */
export function examples(): readonly Example[] {
  return actionTable.map(({ action }) => {
    const folder = action.replaceAll(/[:_]/g, "-");
    const file = new URL(`../test/cases/${folder}/input.json`, import.meta.url);
    const record = readFileSync(file, "utf8").trim();
    const event = exampleEvent(record);
    if (event.action !== action || event.tags.length > 0) throw new Error(`${folder} shows something else`);
    return { action, record, event };
  });
}

/** The event of a record, with the uid that the daemon would give it. */
export function exampleEvent(record: string, late = false): AuditEvent {
  const bytes = Buffer.from(record);
  const entry = parseEntry(bytes);
  const read = ledger({ load: () => [] }).read(new Unfinished());
  const { instance, source } = exampleOrigin;
  const time = entry === undefined ? undefined : entryTime(entry);
  if (time === undefined) throw new Error("an example has a time");
  const observed = { seconds: time.seconds + shownAfter, nanos: 0 };
  const found = deduplicator({ read, instance, stateId: "", watermark: undefined }).newRecordOf(
    { bytes, ...(entry && { entry }) },
    Math.floor(time.seconds / 86_400),
  );
  if (found === undefined) throw new Error("a record that is new was taken for a known one");
  return decode({ ...found, uid: uidText(found.uid), seq: 1, source, late, observed }, exampleOrigin);
}
