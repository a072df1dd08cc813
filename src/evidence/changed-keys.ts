import type { Entry } from "../record/entry.ts";

/** By what an entry is found that was changed, where its own kind has no number. */
const anchors = ["timestamp", "action"] as const;

/** An entry, and what it is known by. */
export interface KnownEntry<Id = string> {
  readonly id: Id;
  readonly entry: Entry;
}

/** An entry that is gone, and one that stands in its place: the keys whose values differ. */
export interface ChangedEntry<Id = string> {
  readonly was: Id;
  readonly is: Id;
  readonly keys: readonly string[];
}

/**
 * Pairs what is gone with what is there in place of it: of the same time and action, the one with the fewest
 * differences first.
 */
export function changedEntries<Id>(
  gone: readonly KnownEntry<Id>[],
  there: readonly KnownEntry<Id>[],
): ChangedEntry<Id>[] {
  const pairs = gone.flatMap((was) =>
    there
      .filter((is) => anchors.every((key) => textOf(was.entry, key) === textOf(is.entry, key)))
      .map((is) => ({ was: was.id, is: is.id, keys: changedKeys(was.entry, is.entry) })),
  );
  const taken = new Set<Id>();
  return pairs
    .sort((a, b) => a.keys.length - b.keys.length)
    .filter(({ was, is }) => {
      if (taken.has(was) || taken.has(is)) return false;
      taken.add(was);
      taken.add(is);
      return true;
    });
}

function changedKeys(was: Entry, is: Entry): string[] {
  const keys = new Set([...was.keys, ...is.keys]);
  return [...keys].filter((key) => textOf(was, key) !== textOf(is, key)).sort();
}

function textOf(entry: Entry, key: string): string | undefined {
  return entry.get(key)?.text;
}
