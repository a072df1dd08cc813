import type { Standing, Stretch } from "../spool.ts";
import type { MarkRow, StretchRow } from "./again-rows.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/** Where a position was is written down so often at most, milliseconds. */
const markEveryMs = 15_000;
/** How long it is remembered where a position was, milliseconds: longer than any window. */
const keepMarksMs = 2 * 3_600_000;

/** What of the run is sent again, and where it begins. Writes join the caller's transaction. */
export interface Stretches {
  load(): void;
  /** Where the position is now, before it moves on. */
  mark(output: string, position: number, at: number): void;
  /**
   * What lies between where the position was at `since`, but after `oldest`, and `position`, is sent again;
   * gives back how many records are new in that. At most one stretch waits: it grows.
   */
  add(output: string, range: { since: number; oldest: number; position: number }, at: number): number;
  /** It was sent again up to `nextSeq`. */
  advance(output: string, sent: Pick<Stretch, "id" | "nextSeq">): void;
  of(output: string): Standing["stretch"];
}

/** The stretches kept in `tables`; empty until `load`. */
export function stretches(db: Database, tables: Tables): Stretches {
  const open = new Map<string, StretchRow>();
  const marks = new Map<string, MarkRow[]>();
  let lastId = 0;

  function put(row: StretchRow): void {
    tables.stretch.put(row);
    open.set(row.output, row);
    lastId = Math.max(lastId, row.id);
  }

  function end({ output, id }: StretchRow): void {
    db.run("DELETE FROM stretch WHERE output = ? AND id = ?", output, id);
    open.delete(output);
  }

  /** A clock that was set back must not hide that something was delivered since: the lowest that may be. */
  function positionAt(output: string, since: number): number {
    const known = marks.get(output) ?? [];
    const before = known.filter(({ at }) => at <= since).map(({ position }) => position);
    if (before.length > 0) return Math.min(Math.max(...before), ...later(known, since));
    return Math.min(Number.POSITIVE_INFINITY, ...known.map(({ position }) => position));
  }

  return {
    load() {
      open.clear();
      marks.clear();
      for (const row of tables.stretch.rows("ORDER BY id")) {
        open.set(row.output, row);
        lastId = Math.max(lastId, row.id);
      }
      for (const row of tables.mark.rows("ORDER BY output, at"))
        marks.set(row.output, [...(marks.get(row.output) ?? []), row]);
    },

    mark(output, position, at) {
      const known = marks.get(output) ?? [];
      const last = known.at(-1);
      if (last !== undefined && Math.abs(at - last.at) < markEveryMs) return;
      const row = { output, at, position };
      tables.mark.put(row);
      const old = known.filter((each) => each.at < at - keepMarksMs);
      for (const each of old) db.run("DELETE FROM mark WHERE output = ? AND at = ?", output, each.at);
      marks.set(output, [...known.filter((each) => !old.includes(each) && each.at !== at), row]);
    },

    add(output, { since, oldest, position }, at) {
      const from = Math.max(positionAt(output, since) + 1, oldest);
      const before = open.get(output);
      const nextSeq = Math.min(before?.nextSeq ?? from, from);
      if (!Number.isFinite(nextSeq) || nextSeq > position) return 0;
      const id = before?.id ?? lastId + 1;
      put({ output, id, cause: "replay_window", firstSeq: nextSeq, nextSeq, through: position, at });
      return position - nextSeq + 1 - (before === undefined ? 0 : before.through - before.nextSeq + 1);
    },

    advance(output, { id, nextSeq }) {
      const row = open.get(output);
      if (row === undefined || row.id !== id) throw new Error(`${output} has no stretch ${id} to send again`);
      if (nextSeq <= row.nextSeq) throw new Error(`stretch ${id} of ${output} moved back to ${nextSeq}`);
      if (nextSeq > row.through) end(row);
      else put({ ...row, nextSeq });
    },

    of(output) {
      const row = open.get(output);
      if (row === undefined) return undefined;
      return { id: row.id, cause: "replay_window", nextSeq: row.nextSeq, through: row.through };
    },
  };
}

function later(known: readonly MarkRow[], since: number): number[] {
  return known.filter(({ at }) => at > since).map(({ position }) => position);
}
