/**
 * `replaced_state`: that the state which a start found is not the one that the last run left. `from_at`: up
 * to when it is known to have been in use, `seen_at`: when the last run was seen. Epoch milliseconds, null
 * where nobody knows.
 */
export const replacedTables = `
CREATE TABLE replaced_state (
  id INTEGER PRIMARY KEY, found TEXT NOT NULL, at INTEGER NOT NULL, from_at INTEGER, seen_at INTEGER, sum BLOB NOT NULL
) STRICT;
`;
