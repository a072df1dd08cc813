import type { ReplacedStatus } from "../spool/replaced-state.ts";
import type { BookRow } from "../spool/spool-state.ts";
import type { Attention } from "./attention.ts";
import type { BackfillStatus } from "./backfill-status.ts";
import type { DaysStatus } from "./day-states.ts";
import type { Recent } from "./history.ts";
import type { LatenessStatus } from "./lateness-status.ts";
import type { IncidentStatus, PaceStatus } from "./past-status.ts";
import type { ReplayStatus } from "./replay-status.ts";
import type { StartStatus } from "./start-status.ts";
import type { WitnessStatus } from "./witness-status.ts";

/**
 * The answer of `/status`: stable names, times as ISO 8601 UTC, durations in seconds. Holds no secret and no
 * event content.
 */
export interface StatusReport {
  readonly version: string;
  readonly now: string;
  readonly started_at: string;
  readonly uptime_seconds: number;
  readonly ready: boolean;
  readonly not_ready: readonly HopProblem[];
  /** Hops of which nothing is known since this start: no read, or no delivery, of theirs has ended. */
  readonly starting: readonly string[];
  /** What keeps nothing from working, and a person should know. */
  readonly attention: readonly Attention[];
  readonly sources: readonly SourceStatus[];
  readonly spool: { readonly bytes: number; readonly max_bytes: number; readonly full: boolean };
  /** Records ever found damaged on disk. */
  readonly damage: readonly {
    readonly found: string;
    readonly source: string | null;
    readonly records: number;
    readonly reason: string;
  }[];
  /** When the state was found to be an older one, or a copy; oldest first. */
  readonly replaced: readonly ReplacedStatus[];
  readonly outputs: readonly OutputStatus[];
  /** Records that any output of the configuration has not settled, each once. */
  readonly waiting: number;
  /** Whether every row of `books` balances. */
  readonly balanced: boolean;
  /** Newest day first, the newest 31 days and what is misdated; `balanced` is about all. */
  readonly books: readonly DayBooks[];
  readonly recent: Recent | null;
  /** When hops failed, newest first; those that go on before the others. */
  readonly incidents: readonly IncidentStatus[];
}

/** Why the daemon is not ready. `since` is ISO 8601 UTC. */
export interface HopProblem {
  readonly hop: string;
  readonly reason: string;
  readonly detail: string;
  readonly since: string;
  readonly fix: string;
}

/** Why a hop does not get on; null when it does. */
export interface Trouble {
  readonly reason: string;
  readonly detail: string;
  /** What the remote said of an event; null where anybody may ask: it may hold what that says. */
  readonly quote: string | null;
  readonly fix: string | null;
  readonly since: string;
  readonly failures: number;
  readonly next_try: string | null;
}

/** A source as `/status` shows it. */
export interface SourceStatus extends StartStatus {
  readonly name: string;
  readonly type: string;
  readonly instance: string;
  readonly role: "primary" | "verify";
  readonly state: "reading" | "waiting" | "retrying" | "held" | "blocked" | "stopped" | "offline";
  readonly trouble: Trouble | null;
  readonly watermark: string | null;
  readonly lag_seconds: number | null;
  readonly last_success: string | null;
  readonly newest_event: string | null;
  readonly gaps: readonly { readonly day: string; readonly reason: string }[];
  /** How far its UTC days are closed; null where none ever is. */
  readonly days: DaysStatus | null;
  /** The days that were wanted read once more last; null when there never were any. */
  readonly backfill: BackfillStatus | null;
  /** How late its records came; null where nothing is known of it. */
  readonly lateness: LatenessStatus | null;
  /** What it has found as a witness; null for a source that delivers. */
  readonly witness: WitnessStatus | null;
  /** How far its clock is ahead of this machine's; null where no read of this run showed it. */
  readonly clock_difference_seconds: number | null;
  /** UTC days that could not be read yet and are tried again. */
  readonly owed_days: readonly string[];
  /** What it has learned of its server, in words. What limits requests is tried again a day later. */
  readonly learned: readonly string[];
  readonly notices: readonly string[];
  readonly anonymize: boolean;
  readonly insecure_tls: boolean;
}

/** An output as `/status` shows it. */
export interface OutputStatus extends PaceStatus {
  readonly name: string;
  readonly type: string;
  readonly guarantee: "acknowledged" | "received" | "sent" | null;
  readonly state: "delivering" | "waiting" | "retrying" | "held" | "stopped" | "offline" | "abandoned";
  readonly trouble: Trouble | null;
  readonly position: number;
  readonly backlog_events: number;
  readonly oldest_undelivered: string | null;
  readonly lag_seconds: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
  /** Dead letters that a person dropped. */
  readonly dropped: number;
  /** Delivered once more; counted as delivered before. */
  readonly resent: number;
  /** Of the backlog: refused, and set aside until the remote has accepted others. */
  readonly suspects: number;
  readonly dead_letter_bytes: number;
  /** There the output holds. */
  readonly max_dead_letter_bytes: number;
  /** The last one that was asked for; null when there never was one. */
  readonly replay: ReplayStatus | null;
  /** The newest manifest of an archive: its number, its UTC date, and SHA-256 over its text. */
  readonly manifest: { readonly number: number; readonly date: string; readonly hash: string } | null;
  readonly insecure_tls: boolean;
}

/**
 * One source's UTC day for one output: fetched - known = delivered + filtered + dead + dropped + skipped +
 * lost + pending.
 */
export interface DayBooks extends Omit<BookRow, "day"> {
  /** `misdated` for all records together that are dated where no entry can be. */
  readonly day: string;
  readonly balanced: boolean;
}
