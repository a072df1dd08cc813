import { placeAt } from "../../archive/place.ts";
import type { SourceKind } from "../source.ts";
import { shelfClosing } from "../stored-log/shelf-closing.ts";
import { shelfStarted, shelfTexts } from "../stored-log/shelf-progress.ts";
import { storedOrigin } from "../stored-log/stored-keys.ts";
import { archiveSource } from "./archive-source.ts";
import { type ArchiveSourceConfig, archiveSourceSchema } from "./config.ts";

/** What was archived, as a log. */
export const archiveSourceKind: SourceKind<ArchiveSourceConfig> = {
  type: "archive",
  schema: archiveSourceSchema,
  wholeLog: false,
  // What an output has stored of an event has its uid here, and is known.
  reads: (config) => ({ place: `archive ${placeAt(config)}`, shows: () => false }),
  origin: storedOrigin,
  maxRecordBytes: ({ read }) => read.max_line,
  owes: () => [],
  noDays: () => undefined,
  // A file is never changed.
  lookback: () => undefined,
  sweepReach: () => undefined,
  closing: shelfClosing,
  learned: (cursor) => shelfTexts("file", cursor),
  otherLog: () => undefined,
  started: shelfStarted,
  create: archiveSource,
};
