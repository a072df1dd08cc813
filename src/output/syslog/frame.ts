import type { Section, Writer } from "../../text/writer.ts";

/** How messages on a stream are told apart, as the configuration names it. */
export const framings = ["octet_counting", "newline"] as const;
/** The same, and none: a datagram's end is the message's, and RELP frames what is sent as it is sent. */
export type Framing = (typeof framings)[number] | "none";

/** Of nearly all messages: 100 to 999 octets. */
const usualDigits = 3;
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/**
 * The only place that makes frames: one message, one frame, whatever the message holds. Octet counting is
 * `LEN SP MSG` with LEN in octets (RFC 6587 §3.4.1), newline is `MSG LF` (§3.4.2), none is the message (RFC
 * 5426 §3.1). `write` writes the message. False: it has more than `most` octets, and nothing is written.
 */
export function frameWriter(
  framing: Framing,
  most = Number.POSITIVE_INFINITY,
): (into: Writer, write: (into: Writer) => void) => boolean {
  const message = framing === "octet_counting" ? countedMessage(most) : oneLine(most);
  return (into, write) => {
    const { size } = into;
    const begun = into.open(message);
    write(into);
    if (!into.close(message, begun)) {
      into.takeBack(size);
      return false;
    }
    if (framing === "newline") into.byte(newline);
    return true;
  };
}

function oneLine(most: number): Section {
  return {
    reserve: 0,
    of: { type: "line", most },
    close(into, begun) {
      if (into.size - begun > most) return false;
      onOneLine(into, begun);
      return true;
    },
  };
}

/** Behind LEN and SP. The message makes way where LEN is longer or shorter than usual. */
function countedMessage(most: number): Section {
  return {
    reserve: usualDigits + 1,
    of: { type: "counted", most },
    close(into, begun) {
      const length = into.size - begun;
      if (length > most) return false;
      onOneLine(into, begun);
      const moved = String(length).length - usualDigits;
      into.room(Math.max(0, moved));
      if (moved !== 0) into.bytes.copyWithin(begun + moved, begun, into.size);
      const end = into.size + moved;
      into.size = begun - usualDigits - 1;
      into.digits(length);
      into.byte(space);
      into.size = end;
      return true;
    },
  };
}

/** How many octets of a frame are the message. */
export function messageBytes(bytes: Buffer, framing: Framing): number {
  if (framing === "none") return bytes.length;
  return framing === "newline" ? bytes.length - 1 : bytes.length - bytes.indexOf(space) - 1;
}

/**
 * Formats promise one line. A line end that slipped through would start a forged message, so it does not pass
 * here either.
 */
function onOneLine(into: Writer, from: number): void {
  const message = into.written(from);
  if (!message.includes(newline) && !message.includes(carriageReturn) && !message.includes(0)) return;
  for (let at = 0; at < message.length; at += 1) {
    const byte = message[at];
    if (byte === newline || byte === carriageReturn || byte === 0) message[at] = space;
  }
}
