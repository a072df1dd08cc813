/** A file of an archive. */
export interface FoundFile {
  /** Relative to the archive's place, with `/` between its parts. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** When it was stored, as the store says, epoch milliseconds. */
  readonly changedAt: number;
}

/** Where the files of an archive stand. */
export interface ArchiveStore {
  /** Files whose names begin so. */
  list(prefix: string, stop: AbortSignal): AsyncIterable<FoundFile>;
  /** A whole file; undefined where there is none. */
  read(name: string, stop: AbortSignal): Promise<Buffer | undefined>;
  /** Stores a file whole and under its name, unless another stands there: that says "exists". */
  put(name: string, bytes: Buffer, stop: AbortSignal): Promise<"stored" | "exists">;
}
