import type { RegularEvent } from "../event/regular-event.ts";
import type { Depends } from "../text/depends.ts";
import type { Part, Section } from "../text/writer.ts";
import { type SharedText, sharedText } from "./shared-texts.ts";

/** What stands between two constants of a layout. */
export type Blank =
  | { readonly type: "value"; readonly key: number }
  | { readonly type: "whole" }
  | { readonly type: "part"; readonly write: Part<never> }
  | { readonly type: "open"; readonly section: Section }
  | { readonly type: "close"; readonly section: Section }
  | { readonly type: "end" };

/** A constant, and the blank behind it. */
export interface Strip {
  readonly constant: Buffer;
  readonly blank: Blank;
}

/** What the kernel does by itself, as far as it can, and what it stops at (kernel/write.ts). */
const codes = {
  ...{ value: 0, whole: 1, uid: 2, shared: 3, trimmed: 4, attribute: 5 },
  ...{ domain: 6, open: 7, message: 8, plain: 9, line: 10, counted: 11, quoted: 12 },
  ...{ part: 13, close: 14, end: 15 },
} as const;
const numberBytes = Int32Array.BYTES_PER_ELEMENT;
const headBytes = 6 * numberBytes;
/** For an attribute, what has no key. */
const record = -1;
const uid = -2;
const limitBits = 8;
const longestNumber = 2 ** 31 - 1;

/** Where in a step's head stands what the kernel stopped at, as its number among the blanks, and its size. */
export const [codeAt, blankAt, sizeAt] = [1, 3, 4] as const;
/** The code of the last step. */
export const endCode = codes.end;

/** The step for a strip, which is the `number`-th: its head, its constant, and the name of an attribute. */
export function stepOf({ constant, blank }: Strip, number: number): Buffer {
  const { code, which = 0, more = 0, name } = actOf(blank);
  const nameAt = headBytes + aligned(constant.length);
  const size = nameAt + aligned(name?.length ?? 0);
  const step = Buffer.alloc(size);
  step.set(Buffer.from(Int32Array.of(constant.length, code, which, number, size, more).buffer));
  step.set(constant, headBytes);
  if (name !== undefined) step.set(name, nameAt);
  return step;
}

/** What a step adds to an event at most, its constant included: bytes, and how often all of the record. */
export function stepMost({ constant, blank }: Strip): { readonly bytes: number; readonly records: number } {
  const { length } = constant;
  if (blank.type === "value" || blank.type === "whole") return { bytes: length, records: 1 };
  const of = dependsOf(blank);
  const name = typeof of === "object" ? (nameOf(of)?.length ?? 0) : 0;
  // Where all of a value is escaped, it takes twice as much.
  const copies = typeof of === "object" || of === "quoted";
  return { bytes: length + name + mostBetween, records: copies ? 2 : 0 };
}

/** A uid, a shared text, the tags and lengths of an attribute: none takes more. */
const mostBetween = 64;

/** The text that all events of one time share, which has to be there before the step is taken. */
export function sharedOf(blank: Blank): SharedText | undefined {
  return blank.type === "part" ? sharedText(blank.write as Part<RegularEvent>) : undefined;
}

/** Whether it needs the bytes of the event's uid. */
export function needsUid(blank: Blank): boolean {
  const of = dependsOf(blank);
  return of === "uid" || (typeof of === "object" && of.type === "attribute" && of.value === "uid");
}

interface Act {
  readonly code: number;
  readonly which?: number;
  readonly more?: number;
  readonly name?: Buffer;
}

function actOf(blank: Blank): Act {
  if (blank.type === "value") return { code: codes.value, which: blank.key * numberBytes };
  if (blank.type === "open") return { code: codes.open, which: blank.section.reserve };
  if (blank.type === "close") return closingOf(blank.section);
  const of = dependsOf(blank);
  if (of === "uid" || of === "quoted") return { code: codes[of] };
  if (typeof of === "object" && of.type === "trimmed")
    return { code: codes.trimmed, which: of.key, more: of.special | (of.limit << limitBits) };
  if (typeof of === "object" && of.type === "domain")
    return { code: codes.domain, which: of.key, more: of.before.length, name: of.before };
  if (typeof of === "object") {
    const { name, value } = of;
    const which = value === "record" ? record : value === "uid" ? uid : value;
    return { code: codes.attribute, which, more: name.length, name };
  }
  const shared = sharedOf(blank);
  return shared === undefined ? { code: codes[blank.type] } : { code: codes.shared, which: shared.at };
}

function closingOf({ of }: Section): Act {
  if (of === undefined) return { code: codes.close };
  const most = of.type === "message" ? 0 : Math.min(of.most, longestNumber);
  return { code: codes[of.type], which: most };
}

function nameOf(of: Exclude<Depends, string>): Buffer | undefined {
  if (of.type === "attribute") return of.name;
  return of.type === "domain" ? of.before : undefined;
}

function dependsOf(blank: Blank): Depends | undefined {
  return blank.type === "part" ? blank.write.of : undefined;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / numberBytes) * numberBytes;
}
