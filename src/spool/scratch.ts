/**
 * Blocks outside memory, of what the database tells again when they are lost: nobody finds them after the
 * process. Throws SpoolError, also where a block is not what was written.
 */
export interface Scratch {
  /** Writes `bytes`, some whole blocks, from the block `first` on. */
  write(first: number, bytes: Uint8Array): void;
  /** Fills `into`, some whole blocks, with those from `first` on. */
  read(first: number, into: Uint8Array): void;
  close(): void;
  /** What it takes in memory. */
  readonly byteLength: number;
}
