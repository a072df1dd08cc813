import { isAbsolute, matchesGlob, resolve } from "node:path";
import type { SourceKind } from "../source.ts";
import { shelfClosing } from "../stored-log/shelf-closing.ts";
import { shelfStarted, shelfTexts } from "../stored-log/shelf-progress.ts";
import { storedOrigin } from "../stored-log/stored-keys.ts";
import { type FileSourceConfig, fileSourceSchema } from "./config.ts";
import { fileSource } from "./file-source.ts";

/** The audit log in files. */
export const fileKind: SourceKind<FileSourceConfig> = {
  type: "file",
  schema: fileSourceSchema,
  wholeLog: false,
  reads: ({ path }) => ({
    place: `file ${path === "-" ? path : resolve(path)}`,
    shows: (name) => name === resolve(path) || (isAbsolute(name) && matchesGlob(name, resolve(path))),
  }),
  origin: storedOrigin,
  maxRecordBytes: ({ read }) => read.max_line,
  owes: () => [],
  noDays: ({ path }) => (path === "-" ? "standard input is read once, as it comes" : undefined),
  // What it reads is read again when it changes.
  lookback: () => undefined,
  sweepReach: () => undefined,
  closing: (cursor, { path }) => (path === "-" ? undefined : shelfClosing(cursor)),
  learned: (cursor) => shelfTexts("file", cursor),
  otherLog: () => undefined,
  started: shelfStarted,
  create: fileSource,
};
