/**
 * `sum` is the seal of a row (see `seal.ts`). Long blobs come last, so that the other columns are read
 * without them.
 */
export const tables = `
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1), state_id TEXT NOT NULL, created INTEGER NOT NULL,
  oldest INTEGER NOT NULL, head INTEGER NOT NULL, sum BLOB NOT NULL
) STRICT;

CREATE TABLE chunk (
  first_seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, source TEXT NOT NULL,
  observed_seconds INTEGER NOT NULL, observed_nanos INTEGER NOT NULL, days TEXT NOT NULL,
  sum BLOB NOT NULL, bytes BLOB NOT NULL
) STRICT;

CREATE TABLE ledger (
  source TEXT NOT NULL, day INTEGER NOT NULL, first_seq INTEGER NOT NULL, count INTEGER NOT NULL,
  sum BLOB NOT NULL, identities BLOB NOT NULL, PRIMARY KEY (source, day, first_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
  name TEXT PRIMARY KEY, cursor TEXT, watermark INTEGER, last_success INTEGER, newest_event INTEGER, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE gap (
  source TEXT NOT NULL, day INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL, sum BLOB NOT NULL,
  PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE output (
  name TEXT PRIMARY KEY, position INTEGER NOT NULL, joined_seq INTEGER NOT NULL, delivered INTEGER NOT NULL,
  filtered INTEGER NOT NULL, dead INTEGER NOT NULL, abandoned INTEGER NOT NULL, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE book (
  source TEXT NOT NULL, day INTEGER NOT NULL, fetched INTEGER NOT NULL, known INTEGER NOT NULL, new INTEGER NOT NULL,
  late INTEGER NOT NULL, unparseable INTEGER NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE output_book (
  output TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, delivered INTEGER NOT NULL,
  filtered INTEGER NOT NULL, dead INTEGER NOT NULL, skipped INTEGER NOT NULL, lost INTEGER NOT NULL,
  sum BLOB NOT NULL, PRIMARY KEY (output, source, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letter (
  output TEXT NOT NULL, seq INTEGER NOT NULL, uid TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL,
  late INTEGER NOT NULL, fault TEXT, observed_seconds INTEGER NOT NULL, observed_nanos INTEGER NOT NULL,
  reason TEXT NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL, sum BLOB NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (output, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE damage (
  id INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, count INTEGER NOT NULL, source TEXT NOT NULL,
  at INTEGER NOT NULL, reason TEXT NOT NULL, sum BLOB NOT NULL
) STRICT;

CREATE TABLE damaged_chunk (
  first_seq INTEGER NOT NULL, count INTEGER NOT NULL, source TEXT NOT NULL, observed_seconds INTEGER NOT NULL,
  observed_nanos INTEGER NOT NULL, days TEXT NOT NULL, sum BLOB NOT NULL, found_at INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;
`;
