/**
 * `witness_day`: what a witness found out about a UTC day of its instance. `open`: something of it was shown
 * since it was compared, or it never was; `shown`, `known`, `missing` and `extra` are records, and `kept` how
 * many of the day its instance had kept by then; a difference is there `since` then. `examples` is JSON.
 */
export const witnessTables = `
CREATE TABLE witness_day (
  source TEXT NOT NULL, day INTEGER NOT NULL, open INTEGER NOT NULL, compared INTEGER, shown INTEGER NOT NULL,
  known INTEGER NOT NULL, kept INTEGER NOT NULL, missing INTEGER NOT NULL, extra INTEGER NOT NULL, since INTEGER, trouble TEXT,
  examples TEXT NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;
`;
