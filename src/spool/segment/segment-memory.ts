import { checksumOf } from "./checksum.ts";
import type { End, SegmentPlace, Segments } from "./segments.ts";

/** Segments of a state that lies nowhere else: each append is one. */
export function segmentMemory(): Segments {
  const kept = new Map<number, Uint8Array<ArrayBuffer>>();
  let last = 0;
  const drop = (is: (segment: number) => boolean) => {
    for (const segment of kept.keys()) if (is(segment)) kept.delete(segment);
  };
  const found = ({ segment }: SegmentPlace) => kept.get(segment)?.slice() ?? new Uint8Array(0);
  return {
    append(bytes) {
      kept.set(++last, Uint8Array.from(bytes));
      return { segment: last, start: 0, size: bytes.length, crc: checksumOf(bytes) };
    },
    sync() {},
    read: (place) => (kept.has(place.segment) ? found(place) : undefined),
    found,
    goOnAt(end: End | undefined) {
      last = end?.segment ?? last;
      drop((segment) => end === undefined || segment > last);
    },
    dropBefore: (first) => drop((segment) => first === undefined || segment < first),
    displaced: () => undefined,
    close: () => kept.clear(),
  };
}
