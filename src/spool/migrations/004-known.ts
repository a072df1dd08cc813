/**
 * What is known of each ledger day of an instance, whichever of its sources showed it. `due`: the records
 * were lost here and are to be kept once more. `known_name` holds, in parts by their identity, the names that
 * known records show now where these are not those they were kept with. `ledger` stays for what earlier
 * versions kept, until that is old.
 */
export const knownTables = `
CREATE TABLE known (
  instance TEXT NOT NULL, day INTEGER NOT NULL, first_seq INTEGER NOT NULL, count INTEGER NOT NULL,
  due INTEGER NOT NULL, sum BLOB NOT NULL, records BLOB NOT NULL, PRIMARY KEY (instance, day, first_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE known_name (
  instance TEXT NOT NULL, day INTEGER NOT NULL, part INTEGER NOT NULL, sum BLOB NOT NULL, records BLOB NOT NULL,
  PRIMARY KEY (instance, day, part)
) STRICT, WITHOUT ROWID;
`;
