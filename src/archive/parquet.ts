import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { loopTurn } from "../time/turn.ts";
import { type ArchiveLine, readArchiveLine } from "./line.ts";
import { type ArchiveRow, parquetColumns, rowOf } from "./parquet-columns.ts";

/** So many rows are written at a time: others have their turn in between. */
const rowsPerGroup = 4_000;

/** How column chunks are compressed, as the format calls it. */
export type ParquetCodec = "UNCOMPRESSED" | "GZIP" | "ZSTD";

const compressors = {
  GZIP: (bytes: Uint8Array) => gzipSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
};
/** Of what we write; all pages of a file together may hold so many bytes. */
function decompressors(most: number) {
  let left = most;
  const bounded = (length: number) => {
    left -= Math.abs(length);
    if (left < 0) throw new Error(`it has more than ${most} bytes`);
    return { maxOutputLength: Math.max(1, length) };
  };
  return {
    GZIP: (bytes: Uint8Array, length: number) => gunzipSync(bytes, bounded(length)),
    ZSTD: (bytes: Uint8Array, length: number) => zstdDecompressSync(bytes, bounded(length)),
    SNAPPY: () => {
      throw new Error("it is compressed as no file of ours is");
    },
  };
}

const schema: SchemaElement[] = [
  { name: "record", num_children: parquetColumns.length },
  ...parquetColumns.map(({ element }) => element),
];

/** Loads the packages that write and read it. Rejects where they cannot be loaded. */
export async function loadParquet(): Promise<void> {
  await Promise.all([import("hyparquet-writer"), import("hyparquet")]);
}

/** A Parquet file of lines that `writeArchiveLine` wrote. The same lines give the same bytes. */
export async function packParquet(lines: readonly string[], codec: ParquetCodec): Promise<Buffer> {
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  const writer = new ByteWriter();
  const createdBy = "wandb-audit-forwarder";
  const parquet = new ParquetWriter({ writer, schema, codec, compressors, createdBy });
  for (let from = 0; from < lines.length; from += rowsPerGroup) {
    const rows = lines.slice(from, from + rowsPerGroup).map((line) => rowOf(readArchiveLine(line)));
    const columnData = parquetColumns.map(({ element: { name } }) => ({
      name,
      data: rows.map((row) => row[name as keyof ArchiveRow]),
    }));
    await parquet.write({ columnData, rowGroupSize: rowsPerGroup });
    await loopTurn();
  }
  await parquet.finish();
  return Buffer.from(writer.getBuffer());
}

/** The records of such a file, if it holds no more. Rejects with an Error that says what is wrong with it. */
export async function unpackParquet(
  file: Buffer,
  most: { readonly records: number; readonly bytes: number },
): Promise<ArchiveLine[]> {
  const { parquetMetadata, parquetReadObjects } = await import("hyparquet");
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer;
  const parsers = { timestampFromMicroseconds: (micros: bigint) => micros };
  const metadata = parquetMetadata(bytes, { parsers });
  const rowsIn = metadata.row_groups.reduce((sum, { num_rows: rows }) => sum + rows, 0n);
  if (rowsIn > most.records || metadata.num_rows > most.records)
    throw new Error(`it has more than ${most.records} rows`);
  const rows = await parquetReadObjects({
    metadata,
    parsers,
    file: { byteLength: bytes.byteLength, slice: async (start, end) => bytes.slice(start, end) },
    compressors: decompressors(most.bytes),
    columns: lineColumns,
  });
  // A text that stands in the file once may be that of every row.
  let left = most.bytes;
  return rows.map((row) => {
    const line = lineOf(row);
    left -= line.record.length;
    if (left < 0) throw new Error(`it has more than ${most.bytes} bytes`);
    return line;
  });
}

/** What a line is made of. */
const lineColumns = [
  ...["date", "uid", "source", "instance", "first_seen", "first_seen_nanos", "fault", "replay_id"],
  ...["labels", "record", "record_base64"],
];

function lineOf(row: Readonly<Record<string, unknown>>): ArchiveLine {
  const given = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  const { date, first_seen: micros, first_seen_nanos: nanos, labels, ...texts } = Object.fromEntries(given);
  const line = {
    ...texts,
    date: date instanceof Date ? date.toISOString().slice(0, 10) : undefined,
    first_seen: timeText(micros as bigint, nanos as number),
    ...(typeof labels === "string" && { labels: JSON.parse(labels) }),
  };
  return readArchiveLine(JSON.stringify(line));
}

function timeText(micros: bigint, nanos: number): string {
  const seconds = micros / 1_000_000n;
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const rest = Number(micros % 1_000_000n) * 1000 + nanos;
  return `${date}.${String(rest).padStart(9, "0")}Z`;
}
