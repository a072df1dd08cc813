/** Where bytes lie: in which segment, from where on, how many, and their checksum, see `checksum.ts`. */
export interface SegmentPlace {
  readonly segment: number;
  readonly start: number;
  readonly size: number;
  readonly crc: number;
}

/** How far what is of use goes: where in the last segment. */
export interface End {
  readonly segment: number;
  readonly end: number;
}

/**
 * Bytes one behind the other in files of their own, which a database says the places of: what is not told of
 * there is of no use, and makes way. Throws SpoolError.
 */
export interface Segments {
  /** Behind what was written last. Only `sync` makes it last. */
  append(bytes: Uint8Array): SegmentPlace;
  /** What was appended survives a power cut: done before the database tells of it. */
  sync(): void;
  /** What was written there, in memory of its own; undefined where that is not what is there. */
  read(place: SegmentPlace): Uint8Array<ArrayBuffer> | undefined;
  /** What is there, whatever it is. */
  found(place: SegmentPlace): Uint8Array<ArrayBuffer>;
  /** The next bytes go there, and what follows is of no use. Without an end nothing is. */
  goOnAt(end: End | undefined): void;
  /** Segments before this one are of no use; undefined: nothing that was appended is. */
  dropBefore(segment: number | undefined): void;
  /** The path of what is written, where it is there no more; undefined where it is. */
  displaced(): string | undefined;
  close(): void;
}

/** The same, where nothing that lies there may go: another database may still be read. */
export function keepingAll(segments: Segments): Segments {
  return {
    append: (bytes) => segments.append(bytes),
    sync: () => segments.sync(),
    read: (place) => segments.read(place),
    found: (place) => segments.found(place),
    goOnAt() {},
    dropBefore() {},
    displaced: () => segments.displaced(),
    close() {},
  };
}
