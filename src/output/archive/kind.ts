import { z } from "zod";
import type { ArchiveStore } from "../../archive/archive-store.ts";
import { writeArchiveLine } from "../../archive/line.ts";
import { dayFolder, plannedStem } from "../../archive/names.ts";
import { openArchive } from "../../archive/open-archive.ts";
import { archiveCompressions, fileKinds, mostRecords, packings } from "../../archive/packing.ts";
import { archivePlace, placeAt, placeText } from "../../archive/place.ts";
import { formatted } from "../../format/format.ts";
import { outputBase } from "../../schema/output-base.ts";
import { byteSize, duration, wholePath } from "../../schema/parts.ts";
import type { OutputContext, OutputKind } from "../output.ts";
import { archiveFailure } from "./archive-failure.ts";
import { archiveOutput } from "./archive-output.ts";
import { bucketSettings, checkBucketSettings, lockProof, retentionOfSettings } from "./bucket-settings.ts";

const limits = z
  .strictObject({
    max_events: z.int().min(1).max(mostRecords).default(50_000).describe("Records in one file, at most."),
    max_bytes: byteSize({ min: "1KB" })
      .prefault("8MiB")
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
    ...bucketSettings,
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
    attest_key_file: wholePath()
      .optional()
      .describe(
        "PEM file with the Ed25519 key that signs. Default: one that is made at the first start, in state_dir.",
      ),
    batch: limits,
  })
  .transform(({ roll, batch, ...config }) => ({ ...config, roll, batch: { ...batch, max_wait: roll } }))
  .superRefine((config, context) => {
    const { attest, attest_key_file: key } = config;
    checkBucketSettings(config, (path, message) =>
      context.addIssue({ code: "custom", path: [path], message }),
    );
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
  writes: (config) => {
    const place = placeAt(config);
    const name = `${dayFolder(0)}${plannedStem(0, "00000000")}${packings[config.files][config.compression].extension}`;
    return [place, `${place}/${name}`];
  },
  proves: ({ url }) =>
    `it is stored in ${placeText(url)}, under a name of its own, and was ${url.store === "file" ? "read back" : "looked at there"}`,
  rolls: true,
  preview: () =>
    formatted((event, into) => {
      writeArchiveLine(event, into);
      // A preview is one line without its end.
      into.size -= 1;
    }),
  archive: (config, context) => ({
    store: storeOf(config, context),
    attest: config.attest ? { keyFile: config.attest_key_file } : undefined,
    failed: archiveFailure,
  }),
  create: (config, context) => {
    const { files, compression } = config;
    const { clock, guid } = context;
    const output = archiveOutput({
      store: storeOf(config, context),
      packing: packings[files][compression],
      ...{ clock, guid, failed: archiveFailure },
    });
    const proof = lockProof(config, context);
    return proof === undefined ? output : { ...output, proveLock: proof };
  },
};

function storeOf(
  config: ArchiveConfig,
  { clock, environment, guid }: Pick<OutputContext, "clock" | "environment" | "guid">,
): ArchiveStore {
  return openArchive(config.url, {
    ...{ now: () => clock.now(), guid, environment },
    ...{ access: config, retention: retentionOfSettings(config), attested: config.attest },
  });
}
