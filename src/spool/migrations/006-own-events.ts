/**
 * What this program tells of itself goes by facts that outlive it. `hold`: an output or a source waits for a
 * person since then; of the two one is named. `told`: how many events of an action about one thing were told
 * on the day of the last, and not told since. `configured`: what the configuration was made of at the last
 * start, without its values.
 */
export const ownTables = `
CREATE TABLE hold (
  output TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL, told INTEGER NOT NULL,
  sum BLOB NOT NULL, PRIMARY KEY (output, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE told (
  action TEXT NOT NULL, output TEXT NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL, told INTEGER NOT NULL,
  untold INTEGER NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (action, output, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE configured (
  part TEXT PRIMARY KEY, digest TEXT NOT NULL, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`;
