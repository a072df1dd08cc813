/**
 * `shown_day`: on which UTC day a read last showed something of a ledger day. `backfill`: the days of a
 * source that a person wants read once more, `next_day` the first of what is left; `place` is the source's.
 */
export const pastTables = `
CREATE TABLE shown_day (
  instance TEXT NOT NULL, day INTEGER NOT NULL, last_shown INTEGER NOT NULL, sum BLOB NOT NULL,
  PRIMARY KEY (instance, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE backfill (
  source TEXT PRIMARY KEY, state TEXT NOT NULL, first_day INTEGER NOT NULL, end_day INTEGER NOT NULL,
  next_day INTEGER NOT NULL, per_second INTEGER NOT NULL, began INTEGER NOT NULL, changed INTEGER NOT NULL,
  fetched INTEGER NOT NULL, fresh INTEGER NOT NULL, gaps INTEGER NOT NULL, seen INTEGER NOT NULL,
  failures INTEGER NOT NULL, trouble TEXT, place TEXT, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`;
