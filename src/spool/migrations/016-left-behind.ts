/**
 * `left_behind`: how many records of a source's UTC day waited for an output when it was taken out of the
 * configuration. Its rows go when it is back.
 */
export const leftTables = `
CREATE TABLE left_behind (
  output TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, records INTEGER NOT NULL, sum BLOB NOT NULL,
  PRIMARY KEY (output, source, day)
) STRICT, WITHOUT ROWID;
`;
