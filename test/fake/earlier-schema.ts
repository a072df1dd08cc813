/** Takes what segments brought out of a database that has no chunk in one: as the version before has left it. */
export const withoutSegments =
  "DROP INDEX chunk_segment; ALTER TABLE chunk DROP COLUMN segment; ALTER TABLE chunk DROP COLUMN start; " +
  "ALTER TABLE chunk DROP COLUMN size; ALTER TABLE chunk DROP COLUMN crc; ";
