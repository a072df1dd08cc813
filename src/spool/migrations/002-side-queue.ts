/**
 * What goes beside the contiguous run of an output: records in `side`, stretches of the spool to send
 * again in `stretch`, and in `side_book` what became of them that the books did not know before.
 */
export const sideTables = `
CREATE TABLE side (
  output TEXT NOT NULL, id INTEGER NOT NULL, cause TEXT NOT NULL, seq INTEGER NOT NULL, uid TEXT NOT NULL,
  source TEXT NOT NULL, day INTEGER NOT NULL, late INTEGER NOT NULL, fault TEXT,
  observed_seconds INTEGER NOT NULL, observed_nanos INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
  at INTEGER NOT NULL, sum BLOB NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (output, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE stretch (
  output TEXT NOT NULL, id INTEGER NOT NULL, cause TEXT NOT NULL, first_seq INTEGER NOT NULL, next_seq INTEGER NOT NULL,
  through INTEGER NOT NULL, at INTEGER NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (output, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mark (
  output TEXT NOT NULL, at INTEGER NOT NULL, position INTEGER NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (output, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE side_book (
  output TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, dropped INTEGER NOT NULL, resent INTEGER NOT NULL,
  sum BLOB NOT NULL, PRIMARY KEY (output, source, day)
) STRICT, WITHOUT ROWID;
`;
