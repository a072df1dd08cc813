import type { Damage } from "../spool-state.ts";
import type { Tables } from "./tables.ts";

/** What was found damaged, and which `seq` will therefore never be read. */
export interface Damages {
  load(): void;
  all(): readonly Damage[];
  note(damage: Damage): void;
  /** The damaged range that holds `seq`. */
  at(seq: number): { readonly first: number; readonly last: number } | undefined;
  /** How many `seq` after `after` up to `through` are damaged. */
  between(after: number, through: number): number;
  /** The largest range around `seq`, inside `first` to `last`, that no other damage touches. */
  clear(seq: number, first: number, last: number): { readonly first: number; readonly last: number };
}

/** The damage kept in `tables`; empty until `load`. */
export function damages(tables: Tables): Damages {
  let all: Damage[] = [];
  let lastId = 0;
  let ranges: { first: number; last: number }[] = [];

  function add(damage: Damage): void {
    all.push(damage);
    if (damage.count > 0) ranges.push({ first: damage.firstSeq, last: damage.firstSeq + damage.count - 1 });
  }

  return {
    load() {
      all = [];
      ranges = [];
      lastId = 0;
      for (const { id, ...damage } of tables.damage.rows("ORDER BY id")) {
        add(damage);
        lastId = id;
      }
    },
    all: () => all,
    note(damage) {
      lastId++;
      tables.damage.put({ id: lastId, ...damage });
      add(damage);
    },
    at: (seq) => ranges.find(({ first, last }) => first <= seq && seq <= last),
    between: (after, through) =>
      ranges.reduce(
        (sum, { first, last }) => sum + Math.max(0, Math.min(last, through) - Math.max(first, after + 1) + 1),
        0,
      ),
    clear: (seq, first, last) =>
      ranges.reduce(
        (free, range) => ({
          first: range.last < seq ? Math.max(free.first, range.last + 1) : free.first,
          last: range.first > seq ? Math.min(free.last, range.first - 1) : free.last,
        }),
        { first, last },
      ),
  };
}
