import type { SourceError, SourceReason } from "../source.ts";

/** A file or an object that holds a part of the log, as it was listed. */
export interface Volume {
  /** Path or key, for people. */
  readonly name: string;
  /** Which one it is, whatever its name is by now: device and inode of a file, the key of an object. */
  readonly id: string;
  /** Another one whenever its content may be another: ETag, generation, size and times. */
  readonly version: string;
  /** Bytes. */
  readonly size: number;
  /** When it became what it is, epoch milliseconds, by a clock that nobody sets back for one file. */
  readonly changedAt: number;
}

/** Volumes that were read before, by their ids; with the names that they had. */
export type KnownVolumes = ReadonlyMap<string, { readonly name: string }>;

/** One look through the volumes. */
export interface Look {
  readonly known: KnownVolumes;
  /** There were volumes before: that none is left is no trouble by itself. */
  readonly found: boolean;
  /** Told what cannot be looked at; the others are shown all the same. */
  trouble(error: VolumeError): void;
  readonly stop: AbortSignal;
}

/** Where volumes stand: a folder, a bucket. Keeps nothing of what was read. */
export interface Shelf {
  /** What people call one: `file` or `object`. */
  readonly noun: string;
  /**
   * Every volume that is configured, in any order, and of the known ones also those that go by another name
   * now. Throws SourceError where nothing can be listed.
   */
  list(look: Look): AsyncIterable<Volume>;
  /**
   * Bytes `from` to `to` (exclusive) of this version. Throws VolumeError where only this one cannot be read,
   * or is another version by now; SourceError where the shelf cannot be reached.
   */
  open(volume: Volume, from: number, to: number, stop: AbortSignal): AsyncIterable<Buffer>;
}

/** A volume could not be read to its end. Its text is free of secrets. */
export class VolumeError extends Error {
  override readonly name = "VolumeError";
  readonly volume: string;
  readonly reason: SourceReason;
  readonly fix: string;
  /**
   * When it is tried again: `change` it is the content, and stays as it is until that changes; `round` each
   * time the volumes are looked through; `now` another version is there already.
   */
  readonly until: "change" | "round" | "now";

  constructor(
    volume: string,
    until: VolumeError["until"],
    { reason, message, fix }: Pick<SourceError, "reason" | "message" | "fix">,
  ) {
    super(message);
    this.volume = volume;
    this.until = until;
    this.reason = reason;
    this.fix = fix;
  }
}

/** The error for a volume that changed while it was read: what came of it is kept, and it is read again. */
export function volumeChanged(volume: string): VolumeError {
  return new VolumeError(volume, "now", {
    reason: "cut_body",
    message: `${volume} changed while it was read`,
    fix: "it is read again by itself",
  });
}
