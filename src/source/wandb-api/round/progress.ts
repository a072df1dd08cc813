import type { Cursor, Window } from "../../../record/reading.ts";
import type { Start } from "../../../schema/start.ts";
import type { SlotCounts } from "../../wandb-log/spread.ts";
import type { Newest } from "../newest/newest.ts";
import type { Organization } from "./organization.ts";

/** What this server was seen to do. Kept between reads, corrected by every answer. */
export interface Learned {
  readonly answers?: "ndjson" | "envelope";
  /** Whether `startDate` decides what is shown. Absent: not proven yet. */
  readonly startDate?: "honoured" | "ignored";
  readonly limit?: "accepted" | "refused";
  /** The most days one `numDays` request brings. */
  readonly maxDays?: number;
  /**
   * Whether `startDate` and `endDate` within a day decide what is shown: one answer has shown it, and then
   * another one an hour later.
   */
  readonly subDay?: "shown" | "honoured" | "ignored";
  /** When these were seen last, epoch milliseconds. What limits requests counts no longer without it. */
  readonly seen?: {
    readonly startDate?: number;
    readonly limit?: number;
    readonly maxDays?: number;
    readonly subDay?: number;
  };
  /** `startDate` was ignored before, which has been told. */
  readonly ignoredBefore?: true;
  /**
   * An answer began where one that is cut to seven days would: the first day it showed, and the day it was
   * asked for. Tomorrow tells whether that day goes along with the cut or stays, as where a log begins.
   */
  readonly cut?: { readonly first: number; readonly on: number };
  /** Of whom the log is, where a key may come to read another organization's. */
  readonly organization?: Organization;
  /** Server clock minus ours, milliseconds. */
  readonly skewMs?: number;
  /** Clocks days apart, as entries have decided: the difference then, and what of it was believed. */
  readonly decided?: { readonly gap: number; readonly skew: number };
}

/** A day whose read failed: how often in a row, and until when it rests (server time). */
export interface Failed {
  readonly failures: number;
  readonly until: number;
}

/**
 * One round over all that is due: the steady window, then days missed while away, one read each and oldest
 * first. Every read takes one step, so a restart goes on where the last clean read ended. When the steady
 * window is due again, the next round takes along what this one still owes. Earlier versions had sweeps in
 * it, which are planned elsewhere now.
 */
export interface Round {
  /** The UTC day it was scheduled on. */
  readonly planned: number;
  /** Days before the steady window, oldest first. */
  readonly missed: readonly number[];
  /** First day of the steady window that is still to be read. Absent: it has been read. */
  readonly steady?: number;
  /** When the steady window's first read began, server time. */
  readonly steadyAt?: number;
  /** When its last read ended, server time. Absent: it is due again. */
  readonly steadyEnd?: number;
  /** Those of `missed` whose last read failed, by day. */
  readonly failed?: Readonly<Record<string, Failed>>;
  /** A day known to have entries, to prove `startDate` with. */
  readonly proof?: number;
  /** `startDate` was tried in this round without proving anything. */
  readonly tried?: true;
  /** The clocks are days apart: a window to today is asked for, whose entries tell which is right. */
  readonly witness?: true;
  /** A missed day of this round had entries. */
  readonly found?: true;
  /** What would make this day a gap has been seen once and is tried again. */
  readonly again?: number;
  /** The server refused a page's cursor once in this round. */
  readonly restarted?: true;
  /** The round was scheduled again because the server's clock is far off ours. */
  readonly replanned?: true;
}

/** All a source remembers. Moments are epoch milliseconds, days are days since the epoch. */
export interface Progress {
  /** Entries before this moment are left out. */
  readonly start: number;
  /** What was configured when that was decided. */
  readonly wanted?: Start;
  /** The most entries before `start` that one answer has shown. */
  readonly leftOut?: number;
  /** Read when `start` was earlier, so that it is not left out; `whole`: no day of it was still owed. */
  readonly keptBefore?: Window & { readonly whole: boolean };
  /** Left out when `start` was later, and not read since. */
  readonly unread?: Window;
  /** Everything before this moment has been read completely. */
  readonly watermark?: number;
  readonly round?: Round;
  /** Entries each recent day had in its last complete read, by day. */
  readonly counts: Readonly<Record<string, number>>;
  /** Entries that the newest days had in their last reads, every ten minutes. */
  readonly slots?: SlotCounts;
  readonly newest?: Newest;
  readonly server: Learned;
}

const version = 1;

/** As `progressOf` reads it again, also after an upgrade. */
export function cursorOf(progress: Progress): Cursor {
  return JSON.stringify({ version, ...progress }) as Cursor;
}

/** Undefined for a cursor of another kind of source. Throws an Error for one that a newer program wrote. */
export function progressOf(cursor: Cursor): Progress | undefined {
  const { version: written, ...progress } = JSON.parse(cursor) as Progress & { version?: number };
  if (written === undefined) return undefined;
  if (written !== version)
    throw new Error(`the source's cursor has version ${written}, this program knows ${version}`);
  return progress;
}
