import { decode } from "../event/decode.ts";
import type { AuditEvent } from "../event/event.ts";
import { exclusion } from "../event/exclusion.ts";
import { redactor } from "../event/redact.ts";
import { RegularEvent } from "../event/regular-event.ts";
import { RunKinds } from "../layout/kernel-kinds.ts";
import { learnt } from "../layout/learnt.ts";
import { writeRun } from "../layout/run.ts";
import type { Output } from "../output/output.ts";
import { isOwn, ownOrigin } from "../own/own-origin.ts";
import { type Origin, withLabels } from "../record/origin.ts";
import type { SpooledRecord } from "../record/record.ts";
import { RecordInPlace } from "../record/record-in-place.ts";
import { SpanBlock } from "../record/span-block.ts";
import type { OutputConfig } from "../schema/output-base.ts";
import type { Shape } from "./batch.ts";

/** What one entry takes, and more. */
const usualNumbers = 1024;

/**
 * How one output's records become payloads, by its filter, redaction and labels. `origins` are those of the
 * configured sources.
 */
export function shapeOf(
  { name, filter, redact, labels }: Pick<OutputConfig, "name" | "filter" | "redact" | "labels">,
  origins: readonly Origin[],
  encode: Output["encode"],
): Shape {
  const originOf = originsOf(origins, labels);
  const clean = redact === undefined ? undefined : redactor(redact);
  const block = new SpanBlock(usualNumbers);
  const regular = new RegularEvent();
  // What a filter asks is the same of all events of a kind, and of what is left out no kind is learnt.
  // What is changed is looked at, each by itself: no run knows any of its kinds.
  const kinds = clean === undefined ? new RunKinds() : undefined;
  const write = learnt(encode, kinds);
  const excluded = exclusion(name, filter);
  const wanted = (event: AuditEvent) => excluded(event) === undefined;
  // A replay's id is no part of what events of a kind have in common: what carries one is not learnt.
  const replayed = (replayId: string): Shape => ({
    decode: (record) => decode(record, originOf(record)),
    wanted,
    encode: (event, into) => encode(Object.assign(clean?.(event) ?? event, { replayId }), into),
    replayed,
  });
  const follow: Shape["follow"] =
    kinds &&
    ((record, reach, into) => {
      const origin = originOf(record);
      if (!(record instanceof RecordInPlace) || record.following === 0) return 0;
      if (origin.anonymize || isOwn(origin)) return 0;
      return writeRun(kinds, regular, record, origin, reach, into);
    });
  return {
    decode(record) {
      const origin = originOf(record);
      if (regular.read(record, origin)) return regular;
      block.clear();
      return decode(record, origin, block);
    },
    wanted,
    encode: clean === undefined ? write : (event, into) => write(clean(event), into),
    replayed,
    ...(follow && { follow }),
  };
}

/** Where a record is from, with what an output adds to each of its events. */
export function originsOf(
  origins: readonly Origin[],
  labels: OutputConfig["labels"],
): (record: Pick<SpooledRecord, "source">) => Origin {
  const known = new Map([...origins, ownOrigin].map((origin) => [origin.source, withLabels(origin, labels)]));
  // Neighbours are of one source.
  let last: Origin | undefined;
  return ({ source }) => {
    if (last?.source !== source) last = known.get(source) ?? withLabels(goneOrigin(source), labels);
    return last;
  };
}

/**
 * The source of a record that is no longer configured. Nobody can say whether its names may be shown, so they
 * are not.
 */
export function goneOrigin(source: string): Origin {
  return { source, instance: source, baseUrl: "", anonymize: true };
}
