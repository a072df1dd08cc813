/** A file with records of one UTC day that an output has stored. */
export interface StoredFile {
  readonly name: string;
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Bytes, and SHA-256 over them as 64 hexadecimal digits. */
  readonly size: number;
  readonly sha256: string;
  readonly records: number;
}
