import type { Secret } from "../../../secret/secret.ts";
import type { RetryResult } from "../../output.ts";

/** What lets requests in. */
export interface Authorization {
  /** Headers for the next request, or why there are none. Never throws. */
  headers(deadline: AbortSignal): Promise<Readonly<Record<string, string>> | RetryResult>;
  /** The remote does not accept them: true where others may be had. */
  renew(): boolean;
  /** As `Output.reload`, of the way to who issues tokens. */
  reload(): boolean;
  /** What must not be shown. */
  secrets(): readonly Secret[];
  close(): Promise<void>;
}

/** Whether it is why there is nothing, and not what there is. */
export function isRetry(value: Readonly<Record<string, string>> | RetryResult): value is RetryResult {
  return (value as { status?: unknown }).status === "retry";
}

/** Nothing is asked for. */
export const openDoor: Authorization = {
  headers: async () => ({}),
  renew: () => false,
  reload: () => false,
  secrets: () => [],
  close: async () => {},
};

/** A header that the configuration gives. */
export function fixedHeader(value: () => string, secrets: readonly Secret[]): Authorization {
  return { ...openDoor, headers: async () => ({ authorization: value() }), secrets: () => secrets };
}
