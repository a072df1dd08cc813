import type { LetterFilter, LetterPlace } from "../spool/spool.ts";
import type { StoredDeadLetter } from "../spool/spool-state.ts";
import { bookDayText } from "./book-day-text.ts";

/** A dead letter in a list: stable names, times as ISO 8601 UTC. */
export interface LetterRow {
  readonly output: string;
  /** Its place in the order of the spool. */
  readonly seq: number;
  readonly uid: string;
  readonly source: string;
  /** UTC day whose books it is counted in, or `misdated`. */
  readonly day: string;
  readonly reason: string;
  /** The remote's answer, or why it cannot be sent. */
  readonly detail: string;
  readonly given_up: string;
}

/** A dead letter as the control socket tells it. */
export interface LetterReport extends LetterRow {
  /** The record as the source sent it. */
  readonly record_base64: string;
}

/** Without the record. */
export function letterRow(letter: StoredDeadLetter): LetterRow {
  const { output, seq, uid, source, day, reason, detail, at } = letter;
  return {
    output,
    seq,
    uid,
    source,
    day: bookDayText(day),
    reason,
    detail,
    given_up: new Date(at).toISOString(),
  };
}

/** As people and programs are told. */
export function letterReport(letter: StoredDeadLetter): LetterReport {
  return { ...letterRow(letter), record_base64: Buffer.from(letter.bytes).toString("base64") };
}

/** The query of a request that means these dead letters, behind `after`. */
export function letterQuery(filter: LetterFilter, after?: LetterPlace): URLSearchParams {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) if (value !== undefined) query.set(key, String(value));
  if (after !== undefined) {
    query.set("after_output", after.output);
    query.set("after_seq", String(after.seq));
  }
  return query;
}

/** What `letterQuery` meant. Undefined: it is not one of its queries. */
export function letterFilter(
  query: URLSearchParams,
): { readonly filter: LetterFilter; readonly after?: LetterPlace } | undefined {
  const known = new Set(["output", "reason", "day", "uid", "before", "after_output", "after_seq"]);
  const numbers = ["day", "before", "after_seq"].map((key) => query.get(key));
  if ([...query.keys()].some((key) => !known.has(key))) return undefined;
  if (numbers.some((text) => text !== null && !/^-?\d{1,15}$/.test(text))) return undefined;
  const texts = ["output", "reason", "uid"].flatMap((key) => {
    const value = query.get(key);
    return value === null ? [] : [[key, value]];
  });
  const [day, before, seq] = numbers.map((text) => (text === null ? undefined : Number(text)));
  const filter = {
    ...Object.fromEntries(texts),
    ...(day === undefined ? {} : { day }),
    ...(before === undefined ? {} : { before }),
  };
  const output = query.get("after_output");
  return output === null || seq === undefined ? { filter } : { filter, after: { output, seq } };
}
