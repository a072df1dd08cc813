/**
 * `measure`: what a hop did in a span of `step` seconds from `at` (epoch seconds) on: events and bytes, the
 * most that it was behind, and when it delivered last. `incident`: a hop failed from `began` to `ended`, for
 * these reasons; `held`: it waited for a person. Times are epoch milliseconds.
 */
export const trendTables = `
CREATE TABLE measure (
  hop TEXT NOT NULL, step INTEGER NOT NULL, at INTEGER NOT NULL, events INTEGER NOT NULL, bytes INTEGER NOT NULL,
  lag INTEGER, latest INTEGER, sum BLOB NOT NULL, PRIMARY KEY (hop, step, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
  id INTEGER PRIMARY KEY, hop TEXT NOT NULL, reasons TEXT NOT NULL, held INTEGER NOT NULL, failures INTEGER NOT NULL,
  began INTEGER NOT NULL, ended INTEGER, sum BLOB NOT NULL
) STRICT;
`;
