import { decode } from "../event/decode.ts";
import { exclusion } from "../event/exclusion.ts";
import { redactor } from "../event/redact.ts";
import { RegularEvent } from "../event/regular-event.ts";
import { learnt } from "../layout/learnt.ts";
import type { Output } from "../output/output.ts";
import { ownOrigin } from "../own/own-origin.ts";
import type { Origin } from "../record/origin.ts";
import { SpanBlock } from "../record/span-block.ts";
import type { OutputConfig } from "../schema/output-base.ts";
import type { Shape } from "./batch.ts";

/** What one entry takes, and more. */
const usualNumbers = 1024;

/**
 * How one output's records become payloads, by its filter and redaction. `origins` are those of the
 * configured sources.
 */
export function shapeOf(
  { name, filter, redact }: Pick<OutputConfig, "name" | "filter" | "redact">,
  origins: readonly Origin[],
  encode: Output["encode"],
): Shape {
  const known = new Map([...origins, ownOrigin].map((origin) => [origin.source, origin]));
  const clean = redact === undefined ? undefined : redactor(redact);
  const block = new SpanBlock(usualNumbers);
  const regular = new RegularEvent();
  const write = learnt(encode);
  const excluded = exclusion(name, filter);
  return {
    decode(record) {
      const origin = known.get(record.source) ?? goneOrigin(record.source);
      if (regular.read(record, origin)) return regular;
      block.clear();
      return decode(record, origin, block);
    },
    wanted: (event) => excluded(event) === undefined,
    encode: clean === undefined ? write : (event, into) => write(clean(event), into),
  };
}

/**
 * The source of a record that is no longer configured. Nobody can say whether its names may be shown, so they
 * are not.
 */
export function goneOrigin(source: string): Origin {
  return { source, instance: source, baseUrl: "", anonymize: true };
}
