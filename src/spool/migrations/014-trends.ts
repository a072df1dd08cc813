/**
 * `trend`: what a hop did in spans of `step` seconds, from `first` (epoch seconds) on; `spans` has 20 bytes
 * for each; `latest` is when its last event came, `at` when the row was written. `incident`: a hop failed
 * from `began` to `ended`, for these reasons; `held`: it waited for a person. Times are epoch milliseconds.
 */
export const trendTables = `
CREATE TABLE trend (
  hop TEXT NOT NULL, step INTEGER NOT NULL, first INTEGER NOT NULL, spans BLOB NOT NULL, latest INTEGER,
  at INTEGER NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (hop, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
  id INTEGER PRIMARY KEY, hop TEXT NOT NULL, reasons TEXT NOT NULL, held INTEGER NOT NULL, failures INTEGER NOT NULL,
  began INTEGER NOT NULL, ended INTEGER, sum BLOB NOT NULL
) STRICT;
`;
