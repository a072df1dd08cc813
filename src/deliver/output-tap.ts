import { decode } from "../event/decode.ts";
import type { AuditEvent } from "../event/event.ts";
import { exclusion } from "../event/exclusion.ts";
import { redactor } from "../event/redact.ts";
import type { Origin } from "../record/origin.ts";
import type { SpooledRecord } from "../record/record.ts";
import type { OutputConfig } from "../schema/output-base.ts";
import type { Spool } from "../spool/spool.ts";
import { msOfInstant } from "../time/clock.ts";
import { originsOf } from "./shape.ts";

/** So many events are shown. */
const mostTapped = 50;
/** So many characters of each. */
const longestText = 4_096;
/** So far back is looked where a filter leaves out most: records, and bytes of them. */
const mostLooked = 2_000;
const mostBytes = 8 * 1024 * 1024;

/** An event as an output got it. */
export interface TappedEvent {
  /** Its place in the order of the spool. */
  readonly seq: number;
  readonly uid: string;
  readonly source: string;
  /** When the record was first seen, ISO 8601 UTC. */
  readonly seen: string;
  /** As it goes on the wire, in one line; cut where it is long. */
  readonly text: string;
  /** So many characters were cut off. */
  readonly cut: number;
}

/** What an output has got last. */
export interface Tapped {
  readonly output: string;
  /** Behind it nothing was delivered yet: from there the next look goes on. */
  readonly position: number;
  /** Oldest first. */
  readonly events: readonly TappedEvent[];
}

/** An output that is tapped, and where its events are had from. */
export interface TapOptions {
  readonly config: Pick<OutputConfig, "name" | "filter" | "redact" | "labels">;
  /** As `OutputKind.preview`. */
  readonly preview: (event: AuditEvent) => string;
  readonly origins: readonly Origin[];
  readonly spool: Pick<Spool, "standing" | "readAgain">;
}

/** The newest events that were delivered behind `after`, a place in the order of the spool. */
export type Tap = (after?: number) => Promise<Tapped>;

/**
 * Shows what an output got, by its filter, redaction and labels, without a hook in the delivery: the events
 * are made once more from the records in front of the position. So it costs nothing while nobody looks, keeps
 * nothing, and cannot slow a send. What was given up or is set aside is left out.
 */
export function outputTap({ config, preview, origins, spool }: TapOptions): Tap {
  const { name, filter, redact, labels } = config;
  const originOf = originsOf(origins, labels);
  const excluded = exclusion(name, filter);
  const clean = redact === undefined ? (event: AuditEvent) => event : redactor(redact);

  function tapped(record: SpooledRecord): TappedEvent[] {
    const event = decode(record, originOf(record));
    if (excluded(event) !== undefined) return [];
    const whole = preview(clean(event));
    const text = whole.length > longestText ? whole.slice(0, longestText) : whole;
    const { seq, uid, source, observed } = record;
    const seen = new Date(msOfInstant(observed)).toISOString();
    return [{ seq, uid, source, seen, text, cut: whole.length - text.length }];
  }

  return async (after = 0) => {
    const { position } = await spool.standing(name);
    const events: TappedEvent[] = [];
    let bytes = 0;
    let end = position;
    for (let span = mostTapped; end > after && events.length < mostTapped; span *= 2) {
      const begin = Math.max(after, end - span);
      const found: TappedEvent[] = [];
      for (let from = begin; from < end && bytes < mostBytes; ) {
        const records = await spool.readAgain(name, from, { events: end - from, bytes: mostBytes / 8 });
        from = records.at(-1)?.seq ?? end;
        for (const record of records.filter(({ seq }) => seq <= end)) {
          bytes += record.bytes.length;
          found.push(...tapped(record));
        }
      }
      events.unshift(...found);
      end = begin;
      if (position - end >= mostLooked) break;
    }
    return { output: name, position, events: events.slice(-mostTapped) };
  };
}
