/**
 * Takes a byte stream apart into messages as receivers do (RFC
 * 6587): a digit begins a counted frame, anything else a line.
 */
export interface SyslogFrames {
  push(piece: Buffer): void;
  /** Bytes of a frame that has not ended yet. */
  rest(): number;
}

/** Gives each message to `take` as soon as it is whole. */
export function syslogFrames(take: (message: Buffer) => void): SyslogFrames {
  let held: Buffer = Buffer.alloc(0);
  return {
    push(piece) {
      held = held.length === 0 ? piece : Buffer.concat([held, piece]);
      for (let frame = firstFrame(held); frame !== undefined; frame = firstFrame(held)) {
        take(held.subarray(frame.from, frame.to));
        held = held.subarray(frame.next);
      }
    },
    rest: () => held.length,
  };
}

function firstFrame(bytes: Buffer): { from: number; to: number; next: number } | undefined {
  const first = bytes[0];
  if (first === undefined) return undefined;
  const counted = first >= 0x30 && first <= 0x39;
  const mark = bytes.indexOf(counted ? 0x20 : 0x0a);
  if (mark === -1) return undefined;
  if (!counted) return { from: 0, to: mark, next: mark + 1 };
  const to = mark + 1 + Number(bytes.toString("latin1", 0, mark));
  if (Number.isNaN(to)) throw new Error("a frame begins with a digit but not with a count");
  return to > bytes.length ? undefined : { from: mark + 1, to, next: to };
}
