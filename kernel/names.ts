import { digits, spanOf } from "./members";
import { namePairsAt } from "./places";

/**
 * Whether one of the names has no id beside it, as src/ingest/names.ts has it, of a regular entry whose bytes
 * begin at `origin` and its numbers at `spans`; the table has so many pairs.
 */
export function hasBareName(origin: i32, spans: i32, pairs: i32): bool {
  for (let pair = namePairsAt; pair < namePairsAt + 2 * pairs; pair += 2) {
    const name = load<i32>(spans + <i32>load<u8>(pair) * 4);
    if (name === 0 || isEmpty(spans, name)) continue;
    const id = load<i32>(spans + <i32>load<u8>(pair, 1) * 4);
    if (id === 0 || isEmpty(spans, id) || isZero(origin, spans, id)) return true;
  }
  return false;
}

/** The member is the empty text. */
function isEmpty(spans: i32, member: i32): bool {
  const span = spanOf(spans, member);
  return load<i32>(span, 8) === load<i32>(span, 12);
}

/** Go's zero value. */
function isZero(origin: i32, spans: i32, member: i32): bool {
  const span = spanOf(spans, member);
  const start = load<i32>(span, 8);
  return (
    load<i32>(span, 4) === digits && load<i32>(span, 12) === start + 1 && load<u8>(origin + start) === 0x30
  );
}
