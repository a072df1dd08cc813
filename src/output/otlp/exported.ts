import { fields, last, text } from "../../format/protobuf-reader.ts";
import type { Secret } from "../../secret/secret.ts";
import { excerpt } from "../../text/excerpt.ts";
import { withoutSecrets } from "../http-outcome.ts";
import type { SendResult } from "../output.ts";

/** What a success says about the records. */
export interface Exported {
  readonly rejected: number;
  readonly message: string;
}

/** How much of the remote's words a detail holds. */
export const longestMessage = 400;

/**
 * What a success means for its `events` events. Of a partial one nobody says which records were left out: the
 * batch is refused, so that the loop finds them by sending fewer, and what was taken comes again (decision
 * 66).
 */
export function exported(
  { rejected, message }: Exported,
  events: number,
  secrets: readonly Secret[],
): SendResult {
  const words = (said: string) => excerpt(withoutSecrets(said, secrets), longestMessage);
  if (rejected > 0 && events > 0) {
    const detail = words(`${rejected} of ${events} records rejected: ${message || "no reason given"}`);
    return { status: "refused", reason: "partial_success", detail };
  }
  return { status: "delivered", rejected: [], ...(message !== "" && { warning: words(message) }) };
}

/** A count in field 1 and a text in field 2. Throws where something else stands there. */
export function partialSuccess(bytes: Buffer): Exported {
  const message = fields(bytes);
  const rejected = BigInt.asIntN(64, integer(last(message, 1) ?? 0n));
  if (rejected < 0n) throw new Error("not a count");
  return { rejected: Number(rejected), message: text(message, 2) };
}

function integer(value: Buffer | bigint): bigint {
  if (typeof value !== "bigint") throw new Error("not a number");
  return value;
}
