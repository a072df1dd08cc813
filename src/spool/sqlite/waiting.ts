import type { Chunks } from "./chunks.ts";
import { countDay, type DayCounts } from "./day-count.ts";
import type { Positions } from "./positions.ts";
import type { SideQueue } from "./side-queue.ts";

/** Where what an output waits for is kept. */
export interface Waiting {
  readonly positions: Positions;
  readonly chunks: Chunks;
  readonly side: SideQueue;
}

/** What one output still needs of the spool, behind its position and beside it, by source and UTC day. */
export function waitingFor({ positions, chunks, side }: Waiting, output: string): DayCounts {
  const counts = chunks.beyond(positions.of(output).position);
  for (const { source, day, count } of side.pending(output).values()) countDay(counts, source, day, count);
  return counts;
}
