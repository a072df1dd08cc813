/**
 * What sources show once more for replays, by the id of the replay. `again_source`: for which one the days of
 * a source's backfill are read, or were read last. `again`: what was shown and is still to be sent, in an
 * order of its own, of which `again_place` says what comes next and what is free. `again_key`: what was
 * handed over of a day that is not done with, or is sent from the run, 16 bytes each.
 */
export const againTables = `
CREATE TABLE again_source (
  source TEXT PRIMARY KEY, id TEXT NOT NULL, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE again_place (
  id TEXT PRIMARY KEY, next INTEGER NOT NULL, free INTEGER NOT NULL, sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE again (
  id TEXT NOT NULL, first_seq INTEGER NOT NULL, count INTEGER NOT NULL, source TEXT NOT NULL,
  observed_seconds INTEGER NOT NULL, observed_nanos INTEGER NOT NULL, sum BLOB NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (id, first_seq)
) STRICT;

CREATE TABLE again_key (
  id TEXT NOT NULL, day INTEGER NOT NULL, first_seq INTEGER NOT NULL, sum BLOB NOT NULL, keys BLOB NOT NULL,
  PRIMARY KEY (id, day, first_seq)
) STRICT, WITHOUT ROWID;
`;
