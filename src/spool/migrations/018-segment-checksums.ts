/**
 * `chunk`: `crc` of many bytes in a segment is a checksum that earlier versions do not know: to them these
 * bytes would be damaged, and so they are to refuse the state. Nothing is changed.
 */
export const segmentChecksums = "";
