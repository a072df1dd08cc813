import type { Piece } from "../../src/record/passage.ts";
import type { RawRecord } from "../../src/record/record.ts";

/** The records of a piece, those in passages too. */
export function recordsOf(piece: Piece): RawRecord[] {
  return piece.flatMap((part) => ("bytes" in part ? [part] : part.records()));
}
