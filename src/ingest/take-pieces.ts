import type { Piece } from "../record/passage.ts";
import { SourceError } from "../source/source.ts";
import type { Clock } from "../time/clock.ts";
import { turnOfOthers } from "../time/turn.ts";
import type { Intake } from "./intake.ts";

/**
 * Others have their turn after so many milliseconds: a fast server sends faster than its log is read, and
 * outputs and commands would wait for the pause that never comes. About what a batch takes that is made and
 * sent meanwhile: outputs that wait longer for each settlement deliver half of it only when the read is over.
 */
const turnMs = 3;

/**
 * Takes in what a read shows; what came before a failure is kept. `kept` is called whenever something was,
 * and may throw NoRoomForPast. Rejects with what the read does, and with what `kept` throws.
 */
export async function takePieces<Done>(
  reading: AsyncGenerator<Piece, Done>,
  intake: Pick<Intake, "take" | "keep">,
  clock: Clock,
  stop: AbortSignal,
  kept?: () => void,
): Promise<Done> {
  try {
    let step = await reading.next();
    for (let began = clock.monotonic(); step.done !== true; step = await reading.next()) {
      if (intake.take(step.value)) kept?.();
      if (clock.monotonic() - began < turnMs) continue;
      await turnOfOthers();
      began = clock.monotonic();
    }
    return step.value;
  } catch (error) {
    // What came before a cut or a stop need not come again.
    if (error instanceof SourceError || stop.aborted) intake.keep();
    throw error;
  }
}
