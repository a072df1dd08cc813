import type { DeliveredResult, RetryResult, SendResult } from "../output.ts";
import type { Accepted } from "./answer.ts";
import type { Channel } from "./request.ts";

/** What has to happen after Splunk accepted a batch, before it counts as delivered. */
export interface Confirmation {
  /** What requests carry, so that they can be confirmed; undefined when nothing is. */
  channel(): Channel | undefined;
  /** Why a batch could not be confirmed, where that shows before it is sent. Never throws. */
  ready(deadline: AbortSignal): Promise<RetryResult | undefined>;
  /** A request failed: nothing asked on the old channel counts any more. */
  renew(): void;
  /** Waits until Splunk confirms what it accepted, refuses to, or `deadline` aborts. Never throws. */
  confirm(accepted: Accepted, deadline: AbortSignal): Promise<SendResult>;
}

/** Without acknowledgement: what Splunk has received is delivered. */
export const noConfirmation: Confirmation = {
  channel: () => undefined,
  ready: async () => undefined,
  renew() {},
  confirm: async (accepted) => received(accepted),
};

/** Delivered, with Splunk's wish to go slower passed on. */
export function received({ slowDownMs }: Accepted): DeliveredResult {
  return { status: "delivered", rejected: [], ...(slowDownMs !== undefined && { slowDownMs }) };
}
