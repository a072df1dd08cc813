import { kernelCode } from "./code.ts";

// What each record passes through, in both threads, is written for WebAssembly (`kernel/`): V8 has no loads
// of 16 bytes for JavaScript. Each thread has a kernel of its own, with a piece of memory that never grows,
// so that what shows it stays good.

/** Its functions; kernel/ says what each does. Places are bytes from the beginning of its memory. */
interface Functions {
  readMembers(from: number, to: number, spans: number, origin: number): number;
  entryEnd(spans: number, size: number): number;
  readRows(start: number, size: number, action: number, timestamp: number): number;
  readEvent(from: number, to: number): number;
  write(step: number, into: number, from: number, to: number, uidAt: number): number;
  addKind(from: number, to: number, program: number, bytes: number, records: number, number: number): number;
  beginRun(from: number, to: number, count: number, day: number, room: number): number;
  goOn(): number;
  goOnFrom(step: number, into: number): number;
  writeIdentity(origin: number, spans: number, into: number, parts: number, time: number): number;
  writeRecords(first: number, end: number, day: number, flags: number): number;
  writeRowIdentity(
    origin: number,
    spans: number,
    into: number,
    parts: number,
    time: number,
    pairs: number,
  ): number;
}

/** See `kernel/places.ts`. */
type Place =
  | "stateAt"
  | "followersAt"
  | "keyLengthsAt"
  | "escapableAt"
  | "idsAt"
  | "rolesAt"
  | "escapesAt"
  | "keysAt"
  | "keyBytes"
  | "hexAt"
  | "startsAt"
  | "endsAt"
  | "membersAt"
  | "entryAt"
  | "entryMost"
  | "entryMembersAt"
  | "identityPartsAt"
  | "identityTextsAt"
  | "sharedAt"
  | "sharedBytes"
  | "sharedMost"
  | "hashedAt"
  | "hashedMost"
  | "windowAt"
  | "windowMost"
  | "uidAt"
  | "redactedAt"
  | "redactedMost"
  | "writtenAt"
  | "writtenMost"
  | "programsAt"
  | "programsMost"
  | "linesAt"
  | "linesMost"
  | "spansAt"
  | "spansMost"
  | "rowsAt"
  | "rowsMost"
  | "namePairsAt"
  | "rowUidsAt"
  | "rowUidsMost"
  | "rowStartsAt"
  | "rowEndsAt"
  | "keptAt"
  | "keptMost"
  | "lastTimeAt"
  | "lastTimeMost"
  | "begunAt"
  | "begunMost"
  | "runEndsAt"
  | "runMost"
  | "kindsAt"
  | "kindsMost"
  | "kindBytes";

/** As much of the standard's interface as is needed; Node's types have none of it. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => { readonly exports: Readonly<Record<string, { readonly value: number }>> };
};

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(kernelCode, "base64")));

/** The kernel's functions. They throw nothing, and believe what they are told. */
export const kernel = exports as unknown as Functions;

/** Where in its memory what stands, in bytes. */
export const kernelPlaces = Object.fromEntries(
  Object.entries(exports).map(([name, { value }]) => [name, value]),
) as Readonly<Record<Place, number>>;

const { buffer } = (exports as unknown as { memory: { buffer: ArrayBuffer } }).memory;

/** All of its memory. */
export const kernelBytes: Buffer = Buffer.from(buffer);
/** The same, as `copyBytes` takes it. */
export const kernelView = new DataView(buffer);
/** The same as numbers of 32 bits, little-endian as the kernel's are. */
export const kernelNumbers = new Int32Array(buffer);
/** The same as words of an identity are. */
export const kernelWords = new Uint32Array(buffer);

const digits = Buffer.from("0123456789abcdef");
for (let byte = 0; byte < 256; byte += 1) {
  kernelBytes[kernelPlaces.hexAt + 2 * byte] = digits[byte >> 4] as number;
  kernelBytes[kernelPlaces.hexAt + 2 * byte + 1] = digits[byte & 15] as number;
}
