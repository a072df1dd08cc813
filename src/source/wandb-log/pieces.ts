/** Below so many there is nothing to gain. */
const few = 32;

/**
 * Bytes that arrive in pieces of any size, kept until they are whole. A piece takes some hundred bytes beside
 * its own, and a peer may send one byte in each: behind the first few, pieces are put together with those
 * before them, so that never more than a few dozen are kept and each byte is copied a few times at most.
 */
export class Pieces {
  size = 0;
  private pieces: Buffer[] = [];

  get count(): number {
    return this.pieces.length;
  }

  add(piece: Buffer): void {
    const { pieces } = this;
    this.size += piece.length;
    let last = piece;
    while (pieces.length >= few && (pieces.at(-1) as Buffer).length <= last.length)
      last = Buffer.concat([pieces.pop() as Buffer, last]);
    pieces.push(last);
  }

  /** What was added, in its order, without copying it; begins anew. */
  take(): readonly Buffer[] {
    const { pieces } = this;
    this.pieces = [];
    this.size = 0;
    return pieces;
  }

  /** What was added as one; a single piece is not copied. Begins anew. */
  takeWhole(): Buffer {
    const pieces = this.take();
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }
}
