/**
 * `replay`: what an output gets once more because a person wants it, one for each. `wanted` is the filter as
 * JSON; what is left begins at `next_seq`.
 */
export const replayTables = `
CREATE TABLE replay (
  output TEXT PRIMARY KEY, id TEXT NOT NULL, state TEXT NOT NULL, wanted TEXT NOT NULL,
  per_second INTEGER NOT NULL, first_seq INTEGER NOT NULL, next_seq INTEGER NOT NULL,
  through INTEGER NOT NULL, sent INTEGER NOT NULL, refused INTEGER NOT NULL, removed INTEGER NOT NULL,
  began INTEGER NOT NULL, changed INTEGER NOT NULL, trouble TEXT, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`;
