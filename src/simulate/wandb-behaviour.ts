import type { WandbDialect } from "./wandb-dialect.ts";
import type { WandbFault } from "./wandb-fault.ts";
import type { HoursFault } from "./wandb-hours.ts";

/** How the server behaves from now on. */
export interface WandbBehaviour {
  dialect: WandbDialect;
  apiKey: string | undefined;
  /** Whose key it is; one who is no admin is refused the log. Undefined: the server does not tell. */
  viewer: { readonly username: string; readonly admin: boolean } | undefined;
  /** What a proxy in front wants with every request; its name in lower case. */
  accessHeader: { readonly name: string; readonly value: string } | undefined;
  fault: WandbFault | undefined;
  /** After so many answers the fault is over. */
  faultTimes: number;
  /** The fault concerns only requests with this `startDate`. */
  faultDay: string | undefined;
  /** Part of the answers that are 503, 0 to 1. */
  flapping: number;
  retryAfter: string | undefined;
  /** Status of `multiple_organizations`. */
  status: number;
  location: string;
  /** What `error_object` and `error_tail` say. */
  errorText: string;
  gzip: boolean;
  /** 1 to 9. */
  gzipLevel: number;
  pretty: boolean;
  /** A bare JSON array in place of NDJSON. */
  array: boolean;
  /** Unknown parameters are a 400. */
  strict: boolean;
  ignoreStartDate: boolean;
  /** Concerns only requests for a part of a day. */
  hours: HoursFault | undefined;
  clampDays: number;
  retentionDays: number;
  /** Entries are shown in another order each time. */
  shuffle: boolean;
  /** The server's clock minus the real one, milliseconds. */
  skewMs: number;
  /** Only the Date header is so far ahead of the server's clock, milliseconds. */
  dateAheadMs: number;
  /** Answers every request with so many made-up entries, which are never held. */
  generated: { readonly count: number; readonly entry: (at: number) => string } | undefined;
}

/** A server without a fault. */
export const faultless: Omit<WandbBehaviour, "dialect" | "apiKey"> = {
  viewer: { username: "audit-reader", admin: true },
  accessHeader: undefined,
  fault: undefined,
  faultTimes: Number.POSITIVE_INFINITY,
  faultDay: undefined,
  flapping: 0,
  retryAfter: undefined,
  status: 400,
  location: "/login",
  errorText: '{"message":"Internal server error"}',
  gzip: false,
  gzipLevel: 1,
  pretty: false,
  array: false,
  strict: false,
  ignoreStartDate: false,
  hours: undefined,
  clampDays: Number.POSITIVE_INFINITY,
  retentionDays: Number.POSITIVE_INFINITY,
  shuffle: false,
  skewMs: 0,
  dateAheadMs: 0,
  generated: undefined,
};
