import { promisify } from "node:util";
import { gunzip, gzip, zstdCompress, zstdDecompress } from "node:zlib";
import { type ArchiveLine, readArchiveLine } from "./line.ts";
import type { ParquetCodec } from "./parquet.ts";

/** How the records of a file lie in it. */
export interface FilePacking {
  /** What the names of such files end with. */
  readonly extension: string;
  /**
   * Makes a file of lines that `writeArchiveLine` wrote, which may be these bytes themselves. The same lines
   * give the same bytes.
   */
  pack(lines: Buffer): Promise<Buffer>;
  /** Loads what is needed for both. That it cannot be loaded says nothing of a file. */
  ready(): Promise<void>;
  /** The records of a file. Rejects with an Error that says what is wrong with it, once it is `ready`. */
  unpack(file: Buffer): Promise<readonly ArchiveLine[]>;
}

const newline = 0x0a;
/** A file holds a batch, which is smaller: what is larger, or grows beyond this, is no file of ours. */
export const mostBytes = 512 * 1024 * 1024;
const bounded = { maxOutputLength: mostBytes };
/** So many records a file has at most: one that has more is no file of ours, however small it is packed. */
export const mostRecords = 100_000;

/** How records lie in a file. */
export const fileKinds = ["ndjson", "parquet"] as const;
/** How files, or the columns in them, are compressed. */
export const archiveCompressions = ["gzip", "zstd", "none"] as const;

const ndjson = {
  none: lines(
    ".ndjson",
    async (bytes) => bytes,
    async (bytes) => bytes,
  ),
  gzip: lines(".ndjson.gz", promisify(gzip), (bytes) => promisify(gunzip)(bytes, bounded)),
  zstd: lines(".ndjson.zst", promisify(zstdCompress), (bytes) => promisify(zstdDecompress)(bytes, bounded)),
};

/** Ways to pack a file, by the names in the configuration. */
export const packings: Readonly<
  Record<(typeof fileKinds)[number], Readonly<Record<(typeof archiveCompressions)[number], FilePacking>>>
> = {
  ndjson,
  parquet: { none: parquet("UNCOMPRESSED"), gzip: parquet("GZIP"), zstd: parquet("ZSTD") },
};

/** How a file of this name is packed; undefined where it is no file of records. */
export function packingOf(name: string): FilePacking | undefined {
  const all = [...Object.values(packings.ndjson), packings.parquet.none];
  return all.find(({ extension }) => name.endsWith(extension));
}

/** Files of Parquet say themselves how they are compressed. */
function parquet(codec: ParquetCodec): FilePacking {
  return {
    extension: ".parquet",
    ready: async () => (await import("./parquet.ts")).loadParquet(),
    pack: async (bytes) => (await import("./parquet.ts")).packParquet(textsOf(bytes), codec),
    unpack: async (file) =>
      (await import("./parquet.ts")).unpackParquet(file, { records: mostRecords, bytes: mostBytes }),
  };
}

function textsOf(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(newline, from);
    texts.push(bytes.toString("utf8", from, end));
    from = end + 1;
  }
  return texts;
}

function lines(
  extension: string,
  pack: (lines: Buffer) => Promise<Buffer>,
  unpack: (file: Buffer) => Promise<Buffer>,
): FilePacking {
  return { extension, ready: async () => {}, pack, unpack: async (file) => [...linesOf(await unpack(file))] };
}

function* linesOf(bytes: Buffer): Generator<ArchiveLine> {
  for (let from = 0, number = 1; from < bytes.length; number++) {
    const end = bytes.indexOf(newline, from);
    if (end === -1) throw new Error(`line ${number} has no end`);
    if (number > mostRecords) throw new Error(`it has more than ${mostRecords} lines`);
    yield lineOf(bytes.toString("utf8", from, end), number);
    from = end + 1;
  }
}

function lineOf(text: string, number: number): ArchiveLine {
  try {
    return readArchiveLine(text);
  } catch (error) {
    throw new Error(`line ${number}: ${error instanceof Error ? error.message : error}`);
  }
}
