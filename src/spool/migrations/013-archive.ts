/**
 * `planned`: what an output will store next, written down before it does: `through` is the last record of it,
 * `plan` the output's own words. `stored_file`: files that an output has stored, of the records of one UTC
 * day; `manifest` is the number of the manifest that names it. `manifest`: the chain of an output, each with
 * the SHA-256 over its text. `attested_day`: which closing of a day the manifests of an output name.
 */
export const archiveTables = `
CREATE TABLE planned (
  output TEXT NOT NULL PRIMARY KEY, through INTEGER NOT NULL, plan TEXT NOT NULL, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stored_file (
  output TEXT NOT NULL, name TEXT NOT NULL, day INTEGER NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
  records INTEGER NOT NULL, at INTEGER NOT NULL, manifest INTEGER, sum BLOB NOT NULL, PRIMARY KEY (output, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE manifest (
  output TEXT NOT NULL, number INTEGER NOT NULL, date TEXT NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL,
  sum BLOB NOT NULL, PRIMARY KEY (output, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE attested_day (
  output TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, closing INTEGER NOT NULL, digest TEXT NOT NULL,
  sum BLOB NOT NULL, PRIMARY KEY (output, source, day)
) STRICT, WITHOUT ROWID;
`;
