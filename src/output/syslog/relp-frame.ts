/** One frame of RELP: `TXNR SP COMMAND SP DATALEN [SP DATA] LF`, DATALEN in octets. */
export interface RelpFrame {
  /** Names a command and its answer: 1 to 999,999,999; 0 is the receiver's hint that it ends. */
  readonly transaction: number;
  readonly command: string;
  readonly data: Buffer;
}

/** What follows the greatest transaction number is 1. */
export const greatestTransaction = 999_999_999;
/** What a frame has beside its data, at most: two numbers of 9 digits, the command, spaces, LF. */
export const mostAroundData = 9 + 1 + 32 + 1 + 9 + 1 + 1;
/** An answer is a code and a few words, an offer some lines. */
const mostAnswerBytes = 65_536;
const newline = 0x0a;
const space = 0x20;
const head = /^(0|[1-9]\d{0,8}) ([a-zA-Z]{1,32}) (0|[1-9]\d{0,8})$/;

/** The peer does not speak RELP, or breaks its rules. */
export class NotRelp extends Error {
  override readonly name = "NotRelp";
}

/** Writes a frame at `at`, where there is room for it, and gives back where it ends. */
export function writeRelpFrame(into: Buffer, at: number, { transaction, command, data }: RelpFrame): number {
  let to = at + into.write(`${transaction} ${command} ${data.length}`, at, "latin1");
  if (data.length > 0) {
    into[to++] = space;
    to += data.copy(into, to);
  }
  into[to++] = newline;
  return to;
}

/** Takes apart what a receiver says; gives each frame to `take` as soon as it is whole. Throws NotRelp. */
export function relpFrames(take: (frame: RelpFrame) => void): { push(piece: Buffer): void } {
  let held: Buffer = Buffer.alloc(0);

  function next(): boolean {
    const end = headEnd(held);
    if (end === undefined) return false;
    const match = head.exec(held.toString("latin1", 0, end));
    if (match === null) throw new NotRelp("what it says is no frame of RELP");
    const length = Number(match[3]);
    if (length > mostAnswerBytes) throw new NotRelp(`it says something of ${length} octets`);
    const from = length === 0 ? end : end + 1;
    // Some receivers write the space also where nothing follows it.
    const last = length === 0 && held[end] === space ? end + 1 : from + length;
    if (held.length <= last) return false;
    if (held[last] !== newline) throw new NotRelp("a frame of RELP is longer than it says");
    const data = Buffer.from(held.subarray(from, from + length));
    held = held.subarray(last + 1);
    take({ transaction: Number(match[1]), command: match[2] as string, data });
    return true;
  }

  return {
    push(piece) {
      held = held.length === 0 ? piece : Buffer.concat([held, piece]);
      while (next());
    },
  };
}

/** Where the third of the head's parts ends; undefined as long as that is not known. */
function headEnd(bytes: Buffer): number | undefined {
  let spaces = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (at > mostAroundData) throw new NotRelp("what it says is no frame of RELP");
    const byte = bytes[at];
    if (byte === newline) return at;
    if (byte === space && ++spaces === 3) return at;
  }
  return undefined;
}
