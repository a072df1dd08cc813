import { copy } from "./copy";
import { endsAt, hexAt, startsAt, stateAt } from "./places";

// A step of a program: four numbers, and behind them its constant. The numbers: how many bytes that has, what
// comes behind it, which one, and where the next step begins, counted from this one.

const value: i32 = 0;
const whole: i32 = 1;
const uid: i32 = 2;
const shared: i32 = 3;
const headBytes: i32 = 16;
const uidBytes: i32 = 16;

/**
 * Writes an event's bytes to `into`, from this step on, as far as that is to be copied: the record stands
 * from `from` to `to`, its uid at `uidAt`. Gives back the step that it stopped at; where it wrote to is left
 * in the state.
 */
export function write(step: i32, into: i32, from: i32, to: i32, uidAt: i32): i32 {
  let at = step;
  let out = writeConstant(at, into);
  while (load<i32>(at, 4) <= shared) {
    const which = load<i32>(at, 8);
    switch (load<i32>(at, 4)) {
      case value: {
        const start = load<i32>(startsAt + which);
        const count = load<i32>(endsAt + which) - start;
        copy(out, start, count);
        out += count;
        break;
      }
      case whole:
        copy(out, from, to - from);
        out += to - from;
        break;
      case uid:
        for (let byte = 0; byte < uidBytes; byte += 1)
          store<u16>(out + 2 * byte, load<u16>(hexAt + 2 * <i32>load<u8>(uidAt + byte)));
        out += 2 * uidBytes;
        break;
      default: {
        const count = load<i32>(which);
        copy(out, which + 4, count);
        out += count;
      }
    }
    at += load<i32>(at, 12);
    out = writeConstant(at, out);
  }
  store<i32>(stateAt, out);
  return at;
}

function writeConstant(step: i32, out: i32): i32 {
  const length = load<i32>(step);
  copy(out, step + headBytes, length);
  return out + length;
}
