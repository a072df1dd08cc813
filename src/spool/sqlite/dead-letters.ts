import type { DeadLetter } from "../spool.ts";
import type { StoredDeadLetter } from "../spool-state.ts";
import type { Tables } from "./tables.ts";

/** Given up for one output, kept with the reason and the record itself. */
export interface DeadLetters {
  keep(output: string, letters: readonly DeadLetter[]): void;
  list(output: string, limit: number): StoredDeadLetter[];
}

/** The dead letters kept in `tables`. */
export function deadLetters(tables: Tables): DeadLetters {
  return {
    keep(output, letters) {
      for (const { record, reason, detail, at } of letters) {
        const { seq, uid, source, day, late, fault = null, observed, bytes } = record;
        const { seconds: observedSeconds, nanos: observedNanos } = observed;
        tables.deadLetter.put({
          output,
          seq,
          uid,
          source,
          day,
          late: late ? 1 : 0,
          fault,
          observedSeconds,
          observedNanos,
          reason,
          detail,
          at: Math.floor(at),
          bytes,
        });
      }
    },

    list: (output, limit) =>
      tables.deadLetter
        .checked("WHERE output = ? ORDER BY seq LIMIT ?", output, limit)
        .map(({ row, sound }) => {
          const { seq, uid, source, day, reason, detail, at, bytes } = row;
          // The record may be another one by now: only its place is told.
          if (!sound)
            return {
              output,
              seq,
              uid: "",
              source: "",
              day: 0,
              reason: "damaged",
              detail: "this dead letter was changed on disk",
              at: 0,
              bytes: Buffer.alloc(0),
            };
          return { output, seq, uid, source, day, reason, detail, at, bytes: Buffer.from(bytes) };
        }),
  };
}
