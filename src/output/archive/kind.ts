import { z } from "zod";
import { writeArchiveLine } from "../../archive/line.ts";
import { openArchive } from "../../archive/open-archive.ts";
import { archiveCompressions, fileKinds, packings } from "../../archive/packing.ts";
import { archivePlace, placeText } from "../../archive/place.ts";
import { formatted } from "../../format/format.ts";
import { outputBase } from "../../schema/output-base.ts";
import { byteSize, duration } from "../../schema/parts.ts";
import type { OutputKind } from "../output.ts";
import { archiveFailure } from "./archive-failure.ts";
import { archiveOutput } from "./archive-output.ts";

const limits = z
  .strictObject({
    max_events: z.int().min(1).max(100_000).default(50_000).describe("Records in one file, at most."),
    max_bytes: byteSize({ min: "1KB" })
      .prefault("16MiB")
      .describe("Bytes in one file before compression, at most: they are in memory until it is stored."),
  })
  .prefault({})
  .describe("What makes a file full: it is stored then, before its time is over.");

const schema = z
  .strictObject({
    ...outputBase,
    type: z
      .literal("archive")
      .describe(
        "Files by UTC day that are never changed, for years, with a signed proof that none is missing.",
      ),
    url: archivePlace,
    files: z
      .enum(fileKinds)
      .default("ndjson")
      .describe(
        "`ndjson`: a line of JSON for each record. `parquet`: typed columns beside the record, for DuckDB, Athena, BigQuery, pandas.",
      ),
    compression: z
      .enum(archiveCompressions)
      .default("gzip")
      .describe("Of the files, or of the columns in them."),
    roll: duration({ min: "1s", max: "1d" })
      .prefault("1h")
      .describe("A file that is not full is stored this long after its first record was seen."),
    attest: z
      .boolean()
      .default(false)
      .describe(
        "Once a day store a signed manifest: which days are closed with which digest, and every file with its SHA-256. It is told to the other outputs, so that nobody who has the archive can change it unnoticed.",
      ),
    attest_key_file: z
      .string()
      .startsWith("/", "must be absolute: begin with /")
      .optional()
      .describe(
        "PEM file with the Ed25519 key that signs. Default: one that is made at the first start, in state_dir.",
      ),
    batch: limits,
  })
  .transform(({ roll, batch, ...config }) => ({ ...config, roll, batch: { ...batch, max_wait: roll } }))
  .superRefine(({ attest, attest_key_file: key }, context) => {
    if (!attest && key !== undefined)
      context.addIssue({
        ...{ code: "custom", path: ["attest_key_file"] },
        message: "signs nothing without attest: true",
      });
  });
type ArchiveConfig = z.output<typeof schema>;

/** Files of records that are kept for years. */
export const archiveKind: OutputKind<ArchiveConfig> = {
  type: "archive",
  schema,
  formats: ["raw"],
  textFormat: () => "raw",
  guarantee: () => "acknowledged",
  destination: ({ url }) => [`archive ${placeText(url)}`],
  proves: ({ url }) => `it is stored in ${placeText(url)}, under a name of its own, and was read back`,
  rolls: true,
  preview: () =>
    formatted((event, into) => {
      writeArchiveLine(event, into);
      // A preview is one line without its end.
      into.size -= 1;
    }),
  archive: ({ url, attest, attest_key_file: keyFile }, { clock, guid }) => ({
    store: openArchive(url, { now: () => clock.now(), guid }),
    attest: attest ? { keyFile } : undefined,
    failed: archiveFailure,
  }),
  create: ({ url, files, compression }, { clock, guid }) => {
    const store = openArchive(url, { now: () => clock.now(), guid });
    return archiveOutput({
      store,
      packing: packings[files][compression],
      clock,
      guid,
      failed: archiveFailure,
    });
  },
};
