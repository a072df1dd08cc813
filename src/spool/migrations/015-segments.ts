/**
 * `chunk`: many bytes lie in a segment, a file of its own beside the database, and `bytes` is empty then. A
 * row of an earlier version has no segment, and a seal that does not know of it.
 */
export const segmentColumns = `
ALTER TABLE chunk ADD COLUMN segment INTEGER;
ALTER TABLE chunk ADD COLUMN start INTEGER;
ALTER TABLE chunk ADD COLUMN size INTEGER;
ALTER TABLE chunk ADD COLUMN crc INTEGER;
CREATE INDEX chunk_segment ON chunk (segment, start, size) WHERE segment IS NOT NULL;
`;
