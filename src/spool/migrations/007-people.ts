/**
 * `milestone`: where an output's position was at a time, six an hour: when a record was passed can be told
 * from it. `active_day`: who was active on a UTC day, see `active-day.ts`; `more`: and others, for whom there
 * was no room. `person`: the newest name of a user, and whether it is a service account.
 */
export const peopleTables = `
CREATE TABLE milestone (
  output TEXT NOT NULL, at INTEGER NOT NULL, position INTEGER NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (output, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE active_day (
  instance TEXT NOT NULL, day INTEGER NOT NULL, more INTEGER NOT NULL, sum BLOB NOT NULL, users BLOB NOT NULL,
  PRIMARY KEY (instance, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  instance TEXT NOT NULL, user TEXT NOT NULL, name TEXT, at INTEGER NOT NULL, service INTEGER NOT NULL, sum BLOB NOT NULL,
  PRIMARY KEY (instance, user)
) STRICT, WITHOUT ROWID;
`;
