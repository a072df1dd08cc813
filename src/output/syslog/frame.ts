/** How messages on a stream are told apart, as the configuration names it. */
export const framings = ["octet_counting", "newline"] as const;
/** The same, and UDP's, which has none. */
export type Framing = (typeof framings)[number] | "datagram";

/**
 * The only place that makes frames: one message, one frame, whatever the message holds. Octet counting is
 * `LEN SP MSG` with LEN in octets (RFC 6587 §3.4.1), newline is `MSG LF` (§3.4.2), a datagram is the message
 * (RFC 5426 §3.1).
 */
export function frame(message: string, framing: Framing): Buffer {
  const line = singleLine(message);
  if (framing === "datagram") return Buffer.from(line);
  if (framing === "newline") return Buffer.from(`${line}\n`);
  return Buffer.from(`${Buffer.byteLength(line)} ${line}`);
}

/** How many octets of a frame are the message. */
export function messageBytes(bytes: Buffer, framing: Framing): number {
  if (framing === "datagram") return bytes.length;
  return framing === "newline" ? bytes.length - 1 : bytes.length - bytes.indexOf(0x20) - 1;
}

/**
 * Formats promise one line. A line end that slipped through would start a forged message, so it does not pass
 * here either.
 */
function singleLine(message: string): string {
  return message.includes("\n") || message.includes("\r") || message.includes("\0")
    ? message.replace(/[\r\n\0]/g, " ")
    : message;
}
