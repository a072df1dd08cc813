/**
 * `closed_day`: what a source showed of a UTC day when nothing more was expected of it. `closing` counts how
 * often that was; `kept` is how many records of the day its instance had kept by then; `digest` is over what
 * was shown, as hexadecimal digits. Never forgotten with the ledger.
 */
export const closedTables = `
CREATE TABLE closed_day (
  source TEXT NOT NULL, day INTEGER NOT NULL, closing INTEGER NOT NULL, at INTEGER NOT NULL, records INTEGER NOT NULL,
  identities INTEGER NOT NULL, kept INTEGER NOT NULL, digest TEXT NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;
`;
