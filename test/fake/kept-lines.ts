import { intake } from "../../src/ingest/intake.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { EntryRows } from "../../src/record/entry-rows.ts";
import type { Origin } from "../../src/record/origin.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { readRecord } from "../../src/source/wandb-log/read-record.ts";
import type { Store } from "../../src/spool/store.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import type { ManualClock } from "./manual-clock.ts";
import { done } from "./records.ts";

export const prod: Origin = {
  source: "prod",
  instance: "wandb.example",
  baseUrl: "https://wandb.example",
  anonymize: false,
};

/** Lines as a source's piece has them: one by one. */
export function rawRecords(lines: readonly string[]): RawRecord[] {
  return lines.map((line) => {
    const bytes = Buffer.from(line);
    return { bytes, ...readRecord(bytes) };
  });
}

/** The same as rows over one piece of memory. Every line has to be a regular dated entry. */
export function rowsOf(lines: readonly string[]): EntryRows {
  const rows = new EntryRows();
  rows.begin([Buffer.from(lines.map((line) => `${line}\n`).join(""))]);
  for (let at = 0; at < rows.size; ) {
    at = rows.takeRegular(at, 1024 * 1024);
    if (at === -1) throw new Error("a line is no regular entry");
  }
  return rows;
}

/** One complete read that shows these lines, as the ingest loop does it; ends without moving the watermark. */
export function keepLines(
  store: Store,
  clock: ManualClock,
  lines: readonly string[],
  { origin = prod, watermark = undefined as number | undefined } = {},
): void {
  const known = ledger({ load: (day) => store.known(origin.instance, day) });
  const taking = intake({ origin, store, ledger: known, clock, kept: new Wakeup(clock) });
  taking.begin(watermark);
  taking.take(rawRecords(lines));
  taking.end(true);
  const covered = { from: 0, to: clock.now() };
  const end = done("next", { covered, watermark: watermark ?? clock.now() });
  store.finishWindow(origin.source, end, taking.ledgerEnd(), clock.now());
  taking.ended(true);
}
