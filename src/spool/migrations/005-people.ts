/**
 * `milestone`: where an output's position was at a time, six an hour: when a record was passed can be told
 * from it.
 */
export const peopleTables = `
CREATE TABLE milestone (
  output TEXT NOT NULL, at INTEGER NOT NULL, position INTEGER NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (output, at)
) STRICT, WITHOUT ROWID;
`;
