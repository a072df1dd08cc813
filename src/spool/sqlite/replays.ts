import { isSameFilter, type Replay, type ReplayPlan, type ReplayStep } from "../replay.ts";
import { replayOfRow, rowOfReplay } from "./again-rows.ts";
import type { Tables } from "./tables.ts";

/** So long what a replay has still to send is not removed, milliseconds. */
const keepMs = 7 * 86_400_000;

/** What of a replay is not in the run. */
export interface ReplayRest {
  readonly open: boolean;
  readonly lost: number;
}

/** Where in the run of its output a replay may find records. */
export interface RunExtent {
  readonly oldest: number;
  readonly position: number;
}

/**
 * What outputs get once more because a person wants it, the last one of each. Kept in memory as it is on
 * disk; writes join the caller's transaction. Times are epoch milliseconds.
 */
export interface KeptReplays {
  load(): void;
  of(output: string): Replay | undefined;
  /** The one that is under way. */
  running(output: string): Replay | undefined;
  withId(id: string): Replay | undefined;
  /** As `Replays.plan`. */
  plan(plan: ReplayPlan, extent: RunExtent, at: number): Replay;
  /** False: none is under way. */
  cancel(output: string, at: number): boolean;
  /**
   * It got on. One that was cancelled or begun anew meanwhile stays as it is. `open`: more comes from
   * sources; `lost`: so many records of theirs were changed on disk.
   */
  advance(output: string, step: ReplayStep, rest: ReplayRest, at: number): void;
  /** Records before `oldest` are removed. */
  passOver(oldest: number, at: number): void;
  /** No record from here on may be removed for their sake; infinite where there is none. */
  neededFrom(at: number): number;
}

/** Those kept in `tables`; empty until `load`. */
export function keptReplays(tables: Tables): KeptReplays {
  const all = new Map<string, Replay>();
  const running = (output: string) => {
    const found = all.get(output);
    return found?.state === "running" ? found : undefined;
  };

  function put(replay: Replay): Replay {
    tables.replay.put(rowOfReplay(replay));
    all.set(replay.output, replay);
    return replay;
  }

  return {
    load() {
      all.clear();
      for (const row of tables.replay.rows()) all.set(row.output, replayOfRow(row));
    },

    of: (output) => all.get(output),
    running,
    withId: (id) => [...all.values()].find((each) => each.id === id),

    plan({ output, filter, perSecond }, { oldest, position }, at) {
      const before = running(output);
      if (before !== undefined)
        return isSameFilter(before.filter, filter) ? put({ ...before, perSecond }) : before;
      const counts = { sent: 0, refused: 0, removed: 0 };
      const id = nextId(all.values(), at);
      const part = { firstSeq: oldest, nextSeq: oldest, through: position };
      return put({
        ...{ output, id, state: "running", filter, perSecond },
        ...{ ...part, ...counts, began: at, changed: at },
      });
    },

    cancel(output, at) {
      const before = running(output);
      if (before !== undefined) put({ ...before, state: "cancelled", changed: at });
      return before !== undefined;
    },

    advance(output, { id, part, nextSeq, sent, refused, stop }, { open, lost }, at) {
      const before = running(output);
      if (before?.id !== id) return;
      const next = part === "run" ? Math.max(before.nextSeq, nextSeq) : before.nextSeq;
      const isDone = next > before.through && !open;
      const state = stop !== undefined ? "stopped" : isDone ? "done" : "running";
      put({
        ...{ ...before, state, nextSeq: next, changed: at },
        ...{ sent: before.sent + sent, refused: before.refused + refused, removed: before.removed + lost },
        ...(stop === undefined ? {} : { trouble: stop }),
      });
    },

    passOver(oldest, at) {
      for (const replay of all.values()) {
        const nextSeq = Math.min(oldest, replay.through + 1);
        if (replay.state !== "running" || nextSeq <= replay.nextSeq) continue;
        put({ ...replay, nextSeq, removed: replay.removed + nextSeq - replay.nextSeq, changed: at });
      }
    },

    neededFrom: (at) =>
      [...all.values()].reduce(
        (least, { state, began, nextSeq }) =>
          state === "running" && Math.abs(at - began) < keepMs ? Math.min(least, nextSeq) : least,
        Number.POSITIVE_INFINITY,
      ),
  };
}

/** `20261127015626`: digits alone, which every format can carry; no two of a state are the same. */
function nextId(all: Iterable<Replay>, at: number): string {
  const now = Number(new Date(at).toISOString().replaceAll(/\D/g, "").slice(0, 14));
  const last = Math.max(0, ...[...all].map(({ id }) => Number(id)));
  return String(Math.max(now, last + 1));
}
