/**
 * `sweep`: how far the sweeps of a source are; `date` is the UTC day whose sweeps come next, `next_day` the
 * first day that is left of them, `place` is the source's. `lateness`: how late the records came that became
 * known on a UTC day: `counts` as JSON, `latest` in seconds.
 */
export const sweepTables = `
CREATE TABLE sweep (
  source TEXT PRIMARY KEY, date INTEGER NOT NULL, next_day INTEGER NOT NULL, seen INTEGER NOT NULL,
  failures INTEGER NOT NULL, place TEXT, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lateness (
  source TEXT NOT NULL, day INTEGER NOT NULL, counts TEXT NOT NULL, latest INTEGER NOT NULL, sum BLOB NOT NULL,
  PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;
`;
