import type { ZodType } from "zod";
import type { Origin } from "../record/origin.ts";
import type { Closing, Concern, Cursor, OwedDay, Started, SweepReach } from "../record/reading.ts";
import type { SourceConfig } from "../schema/source-base.ts";
import type { ReadPlace, Source, SourceContext, SourceKind } from "./source.ts";

/** A source as it stands in the configuration: what its kind says about it, and how to make it. */
export interface ConfiguredSource {
  readonly type: string;
  readonly config: SourceConfig;
  /** As `SourceKind.wholeLog`. */
  readonly wholeLog: boolean;
  /** As `SourceKind.reads`. */
  readonly reads: ReadPlace | undefined;
  /** Where its records are from: the same that the source itself says. */
  readonly origin: Origin;
  /** As `SourceKind.maxRecordBytes`. */
  readonly maxRecordBytes: number;
  /** As `SourceKind.noDays`. */
  readonly noDays: string | undefined;
  /** As `SourceKind.owes`. */
  owes(cursor: Cursor): readonly OwedDay[];
  /** As `SourceKind.lookback`. */
  readonly lookbackMs: number | undefined;
  /** As `SourceKind.sweepReach`. */
  sweepReach(cursor: Cursor): SweepReach | undefined;
  /** As `SourceKind.closing`. */
  closing(cursor: Cursor): Closing | undefined;
  /** As `SourceKind.learned`. */
  learned(cursor: Cursor): readonly string[];
  /** As `SourceKind.otherLog`. */
  otherLog(cursor: Cursor): Concern | undefined;
  /** As `SourceKind.started`. */
  started(cursor: Cursor): Started | undefined;
  /** As `SourceKind.create`. */
  create(context: SourceContext): Source;
}

/**
 * Any kind of source, whatever its own keys are: its
 * schema makes a configured source of what a person wrote.
 */
export interface AnySourceKind {
  readonly type: string;
  readonly schema: ZodType<ConfiguredSource>;
}

/** Closes over the kind's own type of configuration, so that nobody else has to know or cast it. */
export function anySourceKind<C extends SourceConfig>(kind: SourceKind<C>): AnySourceKind {
  const { type } = kind;
  const configured = (config: C): ConfiguredSource => ({
    type,
    config,
    wholeLog: kind.wholeLog,
    reads: kind.reads?.(config),
    origin: kind.origin(config),
    maxRecordBytes: kind.maxRecordBytes(config),
    noDays: kind.noDays(config),
    owes: (cursor) => kind.owes(cursor),
    lookbackMs: kind.lookback(config),
    sweepReach: (cursor) => kind.sweepReach(cursor, config),
    closing: (cursor) => kind.closing(cursor, config),
    learned: (cursor) => kind.learned(cursor),
    otherLog: (cursor) => kind.otherLog(cursor),
    started: (cursor) => kind.started(cursor),
    create: (context) => kind.create(config, context),
  });
  return { type, schema: kind.schema.transform(configured) };
}
