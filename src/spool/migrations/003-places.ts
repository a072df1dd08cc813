/**
 * Where positions belong: `members` are the destinations that an output delivers to, as JSON, and `wanted`
 * those of a configuration that a person has not agreed to yet. The same of sources: whose log it is.
 */
export const placeTables = `
CREATE TABLE destination (
  output TEXT PRIMARY KEY, members TEXT NOT NULL, wanted TEXT, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE origin (
  source TEXT PRIMARY KEY, instance TEXT NOT NULL, base_url TEXT NOT NULL, wanted TEXT, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`;
