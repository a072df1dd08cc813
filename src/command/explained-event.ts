import type { LoadedWithoutSecrets } from "../config/look.ts";
import { goneOrigin } from "../deliver/shape.ts";
import { decode } from "../event/decode.ts";
import type { AuditEvent } from "../event/event.ts";
import { exclusion } from "../event/exclusion.ts";
import { ownOrigin } from "../own/own-origin.ts";
import { withLabels } from "../record/origin.ts";
import type { SpooledRecord } from "../record/record.ts";
import type { AskedLookup, OutputTrace } from "../spool/event-lookup.ts";
import type { BookRow } from "../spool/spool-state.ts";
import { bookDayText } from "../status/book-day-text.ts";
import { instantOfMs, msOfInstant } from "../time/clock.ts";
import type { ExplainOptions, Terminal } from "./command.ts";
import { anotherOutputs, type ExplainedOutput, fateOf } from "./explain-output.ts";
import type { FoundEvent } from "./find-event.ts";
import { mapping } from "./mapping.ts";

/** What `explain --json` prints of one event: stable names, times as ISO 8601 UTC. */
export interface ExplainedEvent {
  readonly uid: string;
  readonly identity: string | null;
  readonly instance: string | null;
  /** Among the twins of its identity, from 1; null where the ledger does not know it any more. */
  readonly ordinal: number | null;
  readonly twins: number;
  /**
   * `due`: it was lost on disk, and is kept once more when the source shows it. Null of this program's own
   * events: no ledger has these.
   */
  readonly ledger: "known" | "due" | "not_known" | null;
  /** `removed`: it was kept, and is not there any more. */
  readonly kept: "here" | "removed";
  readonly source: string | null;
  /** Null of heartbeats, too: they wait beside the run. */
  readonly seq: number | null;
  readonly known_since: string | null;
  readonly event_time: string | null;
  readonly action: string | null;
  readonly late: boolean | null;
  readonly fault: string | null;
  /** The record as the source sent it, or the line that was asked about. */
  readonly record: string | null;
  readonly day: ExplainedDay | null;
  readonly outputs: readonly ExplainedOutput[];
}

/** The books of the day that it is counted in, and whether the source could show all of that. */
export interface ExplainedDay extends Pick<BookRow, "fetched" | "known" | "new" | "late"> {
  /** `misdated` for all records together that are dated where no entry can be. */
  readonly day: string;
  readonly gap: string | null;
}

/** What is known about events from elsewhere. */
export interface ExplainedFrom {
  readonly options: Pick<ExplainOptions, "config" | "frame">;
  readonly loaded: LoadedWithoutSecrets;
  readonly lookup: AskedLookup;
  readonly troubles: ReadonlyMap<string, { readonly reason: string; readonly detail: string }>;
}

/** Everything that the state and the configuration tell of an event. */
export async function explainedEvent(
  found: FoundEvent,
  from: ExplainedFrom,
  terminal: Terminal,
): Promise<ExplainedEvent> {
  const { uid, record, twin } = found;
  const shown = record ?? pasted(found, from);
  const origin = originOf(shown?.source, from);
  const event = shown === undefined ? undefined : decode(shown, origin);
  const [first, last] = placeOf(found);
  const { outputs } = await from.lookup.traces({ uid, first, last });
  const day = record?.day;
  const books = day === undefined ? [] : (await from.lookup.books({ day })).books;
  const own = books.filter((row) => row.source === record?.source);
  const observed = record === undefined ? twin?.observed : msOfInstant(record.observed);
  return {
    uid,
    identity: found.identity ?? null,
    instance: found.instance ?? null,
    ordinal: twin?.ordinal ?? null,
    twins: found.twins,
    ledger: twin !== undefined ? (twin.due ? "due" : "known") : origin === ownOrigin ? null : "not_known",
    kept: record === undefined ? "removed" : "here",
    source: record?.source ?? null,
    seq: record === undefined || record.seq < 0 ? null : record.seq,
    known_since: observed === undefined ? null : new Date(observed).toISOString(),
    event_time: event?.time === undefined ? null : new Date(msOfInstant(event.time)).toISOString(),
    action: event?.action ?? null,
    late: record?.late ?? null,
    fault: event?.fault ?? null,
    record: event?.raw ?? null,
    day: record === undefined ? null : await dayOf(record, own[0], from.lookup),
    outputs: outputs.map((trace) => {
      const { output, again } = trace;
      const became = fate(trace, found, own, event, from);
      const sent = became.rule === anotherOutputs ? undefined : payload(output, shown, from, terminal);
      return { output, again, ...became, ...(sent ?? { payload: null, payload_note: null }) };
    }),
  };
}

function fate(
  trace: OutputTrace,
  { record }: FoundEvent,
  books: readonly BookRow[],
  event: AuditEvent | undefined,
  { loaded, troubles }: ExplainedFrom,
) {
  const output = loaded.config.outputs.find(({ config }) => config.name === trace.output);
  return fateOf({
    trace,
    seq: record?.seq,
    book: books.find(({ output }) => output === trace.output),
    rule: event === undefined ? undefined : exclusion(trace.output, output?.config.filter)(event),
    trouble: troubles.get(trace.output),
  });
}

function payload(
  output: string,
  record: SpooledRecord | undefined,
  from: ExplainedFrom,
  terminal: Terminal,
): Pick<ExplainedOutput, "payload" | "payload_note"> {
  const { options, loaded } = from;
  const none = (payload_note: string | null) => ({ payload: null, payload_note });
  if (record === undefined) return none("its record is not kept any more");
  const configured = loaded.config.outputs.find(({ config }) => config.name === output);
  if (configured === undefined) return none("the output is not configured any more");
  const asked = { format: undefined, source: undefined, instance: undefined, files: [], configNamed: true };
  const wanted = mapping({ ...asked, ...options, output }, loaded, terminal);
  if ("refusal" in wanted) return none(wanted.refusal);
  const origin = withLabels(originOf(record.source, from), configured.config.labels);
  const text = wanted.payloadOf(decode(record, origin));
  return text === undefined ? none(null) : { payload: text, payload_note: null };
}

async function dayOf(
  { source, day }: SpooledRecord,
  book: BookRow | undefined,
  lookup: AskedLookup,
): Promise<ExplainedDay | null> {
  if (book === undefined) return null;
  const { sources } = await lookup.sources({});
  const state = sources.find((each) => each.source === source);
  const { fetched, known, new: fresh, late } = book;
  const gap = state?.gaps.find((each) => each.day === day)?.reason ?? null;
  return { day: bookDayText(day), fetched, known, new: fresh, late, gap };
}

/** Between which places in the spool's order it is. */
function placeOf({ record, twin }: FoundEvent): readonly [first: number, last: number] {
  if (record !== undefined) return [record.seq, record.seq];
  return twin === undefined ? [0, 0] : [twin.firstSeq, twin.firstSeq + twin.count - 1];
}

/** What the line that was asked about would be in the spool. */
function pasted({ uid, instance, line, twin }: FoundEvent, { loaded }: ExplainedFrom) {
  if (line === undefined) return undefined;
  const source = loaded.config.sources.find(({ origin }) => origin.instance === instance)?.config.name ?? "";
  const { bytes, fault } = line;
  const observed = instantOfMs(twin?.observed ?? 0);
  const place = { uid, source, seq: 0, day: 0, late: false, observed };
  return { ...place, bytes, ...(fault === undefined ? {} : { fault }) };
}

function originOf(source: string | undefined, { loaded }: ExplainedFrom) {
  if (source === ownOrigin.source) return ownOrigin;
  const configured = loaded.config.sources.find(({ config }) => config.name === source);
  return configured?.origin ?? goneOrigin(source ?? "");
}
