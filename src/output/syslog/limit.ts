import { omittedKey } from "../../event/cut.ts";
import type { Rejection } from "../output.ts";
import type { Payloads } from "../payloads.ts";
import { type Framing, messageBytes } from "./frame.ts";
import type { MessageOptions } from "./message.ts";

/** What becomes of messages that have more octets than the receiver takes. */
export const oversizes = ["cut", "dead_letter", "whole"] as const;

/** How long a message may be, and what becomes of one that is longer. */
export interface MessageLimit {
  /** Octets. */
  readonly maxSize: number;
  readonly oversized: (typeof oversizes)[number];
}

/** The messages of a batch that are longer than the limit. */
export interface TooLong {
  readonly indexes: readonly number[];
  readonly longest: number;
}

/** Looks closely only at what may be too long: the count in front of a message is short. */
export function tooLong(batch: Payloads, framing: Framing, maxSize: number): TooLong {
  const indexes: number[] = [];
  let longest = 0;
  for (let at = 0; at < batch.count; at += 1) {
    if (batch.size(at) <= maxSize) continue;
    const size = messageBytes(batch.at(at), framing);
    if (size <= maxSize) continue;
    indexes.push(at);
    longest = Math.max(longest, size);
  }
  return { indexes, longest };
}

/** They are not sent: the receiver was not asked. */
export function tooLongToSend({ indexes }: TooLong, { maxSize, oversized }: MessageLimit): Rejection[] {
  const why =
    oversized === "cut" ? "and nothing more can be left out of it" : "which oversized: dead_letter gives up";
  const detail = `longer than the ${maxSize} octets that the receiver takes (max_size), ${why}`;
  return indexes.map((index) => ({ index, reason: "too_large", detail, unasked: true }));
}

/** What is worth a warning of the lengths of a batch, `cut` messages of which something was left out of. */
export function lengthWarning(
  cut: number,
  { indexes, longest }: TooLong,
  { maxSize, oversized, format }: MessageLimit & Pick<MessageOptions, "format">,
): string | undefined {
  if (oversized === "whole" && indexes.length > 0)
    return `messages longer than ${maxSize} octets: ${indexes.length}, the longest ${longest}; raise the receiver's limit, or it may cut them`;
  // What is left out of the others is the format's own doing.
  if (oversized !== "cut" || cut === 0) return undefined;
  const own = format === "cef" ? ` (${cefLimit})` : "";
  return `messages in which something was left out (${omittedKey}) for want of room: ${cut}; where the receiver takes more than ${maxSize} octets, raise max_size${own}`;
}

const cefLimit = "in CEF keys that W&B does not document have room for 4000 characters, whatever max_size is";

/** More than are ever written before they are sent. */
const batchesAhead = 100;

/**
 * How many messages say that something was left out. Nearly always none does, and to search all that is sent
 * for it would be a tenth of the work: only what follows one that was written is searched.
 */
export class CutMessages {
  #looks = 0;

  /** What was written, of whatever is not written as all of its kind are. */
  see(message: Buffer): void {
    if (message.includes(omittedKey)) this.#looks = batchesAhead;
  }

  /** In a batch that was taken. */
  count(batch: Payloads): number {
    if (this.#looks === 0) return 0;
    this.#looks -= 1;
    let count = 0;
    for (let at = 0; at < batch.count; at += 1) if (batch.at(at).includes(omittedKey)) count += 1;
    return count;
  }
}
