import type { RetryResult, SendResult } from "../output/output.ts";
import type { Cause } from "./batch.ts";

/** What came of one send, which took `seconds`. */
export interface Sent {
  readonly result: SendResult;
  readonly seconds: number;
}

/** What is done while a batch travels, and what with the answer: a failure to wait for comes back. */
export interface Errand {
  /** It follows the position. */
  readonly ofRun: boolean;
  readonly meanwhile: () => Promise<void>;
  readonly follow: (sent: Sent) => Promise<RetryResult | undefined>;
}

/** Whether some events were rejected, and the remote was asked about none of these. */
export function unasked({ rejected }: Extract<SendResult, { status: "delivered" }>): boolean {
  return rejected.length > 0 && rejected.every((rejection) => rejection.unasked === true);
}

/** What a remote did not take of a batch, by index. */
export function rejections({
  rejected,
}: Extract<SendResult, { status: "delivered" }>): ReadonlyMap<number, Cause> {
  return new Map(rejected.map(({ index, reason, detail }) => [index, { reason, detail }]));
}
