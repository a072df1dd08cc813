/** An identity of 16 bytes as words of 32 bits. */
export const identityWords = 4;
/** An identity and a digest of names. */
export const rowWords = 5;
/** Which of them is the digest. */
export const digestWord = identityWords;

/** Whether the row at `offset` of `rows` is of the identity with these words. */
export function isRow(
  rows: Uint32Array,
  offset: number,
  a: number,
  b: number,
  c: number,
  d: number,
): boolean {
  return rows[offset] === a && rows[offset + 1] === b && rows[offset + 2] === c && rows[offset + 3] === d;
}

/** A word of an identity: four characters from `at` on as the little-endian number of their bytes. */
export function wordOf(identity: string, at: number): number {
  return (
    (identity.charCodeAt(at) |
      (identity.charCodeAt(at + 1) << 8) |
      (identity.charCodeAt(at + 2) << 16) |
      (identity.charCodeAt(at + 3) << 24)) >>>
    0
  );
}
