import { copy } from "./copy";
import { spanOf } from "./members";
import { hasBareName } from "./names";
import { identityPartsAt, sharedAt, sharedBytes } from "./places";

// A row of its table: the key, and where its name stands, and how long it is, when it comes first and when it
// follows another one.

const partBytes: i32 = 20;
/** The bit of a form that says: nothing but printable ASCII. */
const ascii: i32 = 8;
/** No name has more, with what is around it, and none of the shared texts. */
const short: i32 = 32;

/**
 * Writes what is hashed of an entry to `into`, as src/ingest/common-identity.ts has it: its bytes begin at
 * `origin`, its numbers at `spans`; the table has `parts` rows, of which row `time` is that of the timestamp
 * where that is a time, whose text is the first of the shared ones, as the end is the second. Gives back
 * where it ends, 0 where a value would have to be written in another way.
 */
export function writeIdentity(origin: i32, spans: i32, into: i32, parts: i32, time: i32): i32 {
  let out = into;
  for (let part = 0; part < parts; part += 1) {
    const row = identityPartsAt + part * partBytes;
    const member = load<i32>(spans + load<i32>(row) * 4);
    if (member === 0) continue;
    const span = spanOf(spans, member);
    const form = load<i32>(span, 4);
    const start = origin + load<i32>(span, 8);
    const end = origin + load<i32>(span, 12);
    if (start === end) continue;
    if ((form & ascii) === 0) return 0;
    const name = row + (out === into ? 4 : 12);
    copyShort(out, load<i32>(name));
    out += load<i32>(name, 4);
    if (part === time) out = writeShared(out, 0);
    else {
      if (end - start <= short) copyShort(out, start);
      else copy(out, start, end - start);
      out += end - start;
    }
  }
  // `{}` or `"}`, and what stands between the parts of an identity.
  store<u16>(out, out === into ? 0x7d7b : 0x7d22);
  store<u8>(out + 2, 0x1f);
  return writeShared(out + 3, 1);
}

/** The same of a regular entry; 0 also where one of so many pairs is a name that has no id beside it. */
export function writeRowIdentity(origin: i32, spans: i32, into: i32, parts: i32, time: i32, pairs: i32): i32 {
  return hasBareName(origin, spans, pairs) ? 0 : writeIdentity(origin, spans, into, parts, time);
}

function writeShared(out: i32, which: i32): i32 {
  const text = sharedAt + which * sharedBytes;
  copyShort(out, text + 4);
  return out + load<i32>(text);
}

/**
 * Copies `short` bytes, of which less may be meant: whatever comes next stands over the rest. Nearly all that
 * is hashed are pieces of no more, and to ask each how long it is takes longer.
 */
function copyShort(to: i32, from: i32): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
}
