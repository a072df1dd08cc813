import { decode } from "../../src/event/decode.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { Unfinished } from "../../src/ingest/allowance.ts";
import { deduplicator } from "../../src/ingest/deduplicate.ts";
import { uidText } from "../../src/ingest/identity.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import type { Origin } from "../../src/record/origin.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";
import type { Instant } from "../../src/time/clock.ts";
import { origin as defaultOrigin } from "../format/arbitrary-event.ts";

export const origin = { ...defaultOrigin, instance: "acme.wandb.io" };
const observed = { seconds: 1_785_592_800, nanos: 0 };

/** A record as the daemon keeps and decodes it. */
export function eventOf(
  line: Buffer,
  from: { origin: Origin; observed: Instant } = { origin, observed },
): AuditEvent {
  const entry = parseEntry(line);
  const read = ledger({ load: () => [] }).read(new Unfinished());
  const raw = entry === undefined ? { bytes: line, fault: "not_json" } : { bytes: line, entry };
  const record = deduplicator({
    read,
    instance: from.origin.instance,
    stateId: "",
    watermark: undefined,
  }).newRecordOf(raw, 20_666);
  if (record === undefined) throw new Error("nothing was known before");
  const { source } = from.origin;
  return decode(
    { ...record, uid: uidText(record.uid), seq: 1, source, observed: from.observed },
    from.origin,
  );
}
