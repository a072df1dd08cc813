import { dayMs, dayText, utcDayOfMs } from "../time/clock.ts";

/** The documented versions of the API, as a server may answer. */
export const wandbDialects = ["v1", "v2", "v4", "v5", "v5-multi-tenant"] as const;
/** One of them. */
export type WandbDialect = (typeof wandbDialects)[number];

/** What a request asks for, as the dialect understands it. Times in milliseconds, `to` exclusive. */
export interface Asked {
  readonly from: number;
  readonly to: number;
  readonly envelope: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly anonymize: boolean;
  /** The range that the answer names, where that is not the one it is for. */
  readonly said?: { readonly from: number; readonly to: number };
}

/** How the server understands a request. */
export interface DialectOptions {
  readonly dialect: WandbDialect;
  readonly now: number;
  /** As a server of the NDJSON kind that knows no `startDate`. */
  readonly ignoreStartDate: boolean;
  /** Shortens `numDays` to this without saying so. */
  readonly clampDays: number;
  /** How far back anything is held. */
  readonly retentionDays: number;
}

/** Reads the query as the documented server of that time would; a text is the message of a 400. */
export function askedOf(query: URLSearchParams, options: DialectOptions): Asked | string {
  const { dialect, now } = options;
  const today = utcDayOfMs(now);
  const multiTenant = dialect === "v5-multi-tenant";
  const v5 = dialect === "v5" || multiTenant;
  const numDays = Number(query.get("numDays") ?? 0);
  if (!Number.isInteger(numDays) || numDays < 0) return "numDays must be a non-negative integer";
  if (multiTenant && numDays > 7) return "numDays must be an integer from 0 through 7";
  const known = dialect !== "v1" && !options.ignoreStartDate;
  const startText = known ? query.get("startDate") : null;
  const start = startText === null ? undefined : dateOf(startText, dialect === "v5");
  if (startText !== null && start === undefined) return `invalid startDate ${startText}`;
  const span = Math.min(
    numDays,
    options.clampDays,
    dialect === "v2" || dialect === "v4" ? 7 : Number.POSITIVE_INFINITY,
  );

  let from = (today - span) * dayMs;
  let to = (today + 1) * dayMs;
  if (start !== undefined && dialect === "v4") {
    from = start - span * dayMs;
    to = start + dayMs;
  } else if (start !== undefined) {
    from = start;
    to = (utcDayOfMs(start) + span + 1) * dayMs;
  }
  const endText = dialect === "v5" ? query.get("endDate") : null;
  if (endText !== null) {
    if (query.has("numDays")) return "endDate cannot be combined with numDays";
    to = dateOf(endText, true) ?? Number.NaN;
    if (Number.isNaN(to)) return `invalid endDate ${endText}`;
  }
  from = Math.max(from, (today - options.retentionDays) * dayMs);

  const most = multiTenant ? 1_000_000 : 20_000;
  const limit = v5 && query.has("limit") ? Number(query.get("limit")) : most;
  if (!Number.isInteger(limit) || limit < 1 || limit > most) return `limit must be from 1 through ${most}`;
  const envelope = multiTenant || (dialect === "v5" && (query.has("limit") || endText !== null));
  const cursor = v5 ? query.get("cursor") : null;
  if (cursor !== null && !envelope) return "cursor needs limit or endDate";
  const anonymize = query.get("anonymize") === "true" && !multiTenant && dialect !== "v2";
  const range = rangeKey(from, to, anonymize);
  const offset = cursor === null ? 0 : offsetOf(cursor, range);
  if (offset === undefined) return "invalid cursor";
  return { from, to, envelope, limit, offset, anonymize };
}

/**
 * Opaque to the client, bound to the resolved range. Holds characters
 * that must be escaped in a URL. No two are alike unless `serial` is.
 */
export function cursorFor(asked: Asked, offset: number, serial: number): string {
  const range = rangeKey(asked.from, asked.to, asked.anonymize);
  return Buffer.from(`{"version":1,"serial":${serial},"at":"${range}>>>???/${offset}"}`).toString("base64");
}

function offsetOf(cursor: string, range: string): number | undefined {
  const text = Buffer.from(cursor, "base64").toString("utf8");
  const [, at, offset] = /"at":"(.*)>>>\?\?\?\/(\d+)"/.exec(text) ?? [];
  return at === range ? Number(offset) : undefined;
}

function rangeKey(from: number, to: number, anonymize: boolean): string {
  return `${dayText(from / dayMs)}+${(to - from) / 1000}${anonymize ? "a" : ""}`;
}

function dateOf(text: string, subDay: boolean): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d(:\d\d(:\d\d)?)?)?$/.test(text) || (!subDay && text.length > 10))
    return undefined;
  const time = text.slice(11);
  const at = Date.parse(`${text.slice(0, 10)}T${time}${"00:00:00".slice(time.length)}Z`);
  return Number.isNaN(at) ? undefined : at;
}
