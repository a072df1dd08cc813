import type { Piece } from "../record/passage.ts";
import { recordMemory } from "../record/record-memory.ts";
import { SourceError } from "../source/source.ts";
import type { Store } from "../spool/store.ts";
import type { Clock } from "../time/clock.ts";
import { turnOfOthers } from "../time/turn.ts";
import type { Intake } from "./intake.ts";

/**
 * Others have their turn after so many milliseconds: a fast server sends faster than its log is read, and
 * outputs and commands would wait for the pause that never comes. Outputs in a thread of their own, whose
 * next batch takes no longer, do not even wait so long.
 */
const turnMs = 3;
/**
 * More records than take so much memory are taken in one part after the other. A source shows so many at once
 * when it knows only then that they are part of the log: those that cannot be read, and what might have been
 * an error.
 */
const partBytes = 512 * 1024;

/** The state of whoever reads, and of others who wait meanwhile. */
interface Shared {
  readonly clock: Clock;
  readonly store: Pick<Store, "giveWay" | "letTake">;
}

/**
 * Takes in what a read shows; what came before a failure is kept. `kept` is called whenever something was,
 * and may throw NoRoomForPast. Rejects with what the read does, and with what `kept` throws.
 */
export async function takePieces<Done>(
  reading: AsyncGenerator<Piece, Done>,
  intake: Pick<Intake, "take" | "keep">,
  { clock, store }: Shared,
  stop: AbortSignal,
  kept?: () => void,
): Promise<Done> {
  try {
    let step = await reading.next();
    for (let began = clock.monotonic(); step.done !== true; step = await reading.next()) {
      for (const part of partsOf(step.value)) {
        // Each batch waits for a settlement: outputs would deliver half of it only when the read is over.
        store.giveWay();
        if (intake.take(part)) {
          kept?.();
          await store.letTake(stop);
        }
        if (clock.monotonic() - began < turnMs) continue;
        await turnOfOthers();
        began = clock.monotonic();
      }
    }
    return step.value;
  } catch (error) {
    // What came before a cut or a stop need not come again.
    if (error instanceof SourceError || stop.aborted) intake.keep();
    throw error;
  }
}

/** A piece is nearly always one part, also an empty one. */
function* partsOf(piece: Piece): Generator<Piece> {
  let from = 0;
  let bytes = 0;
  for (let at = 0; at < piece.length; at++) {
    const each = piece[at] as Piece[number];
    const more = "bytes" in each ? recordMemory(each) : 0;
    if (bytes + more > partBytes && at > from) {
      yield piece.slice(from, at);
      from = at;
      bytes = 0;
    }
    bytes += more;
  }
  yield from === 0 ? piece : piece.slice(from);
}
