import type { Chunks } from "./chunks.ts";
import type { Damages } from "./damages.ts";
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

/**
 * Records that any output of the configuration has not settled, each once: what is behind the position of the
 * last one, and what waits beside the run of any before it.
 */
export function waitingAnywhere({
  positions,
  chunks,
  side,
  damages,
}: Waiting & { readonly damages: Damages }): number {
  const active = positions.active();
  if (active.length === 0) return 0;
  const { head } = chunks.meta();
  const last = Math.min(...active.map(({ position }) => position));
  const aside = active.filter(({ name }) => side.count(name) > 0).map(({ name }) => side.seqs(name));
  const [first = [], ...others] = aside.map((seqs) => seqs.filter((seq) => seq <= last));
  // Of one output none is there twice.
  const beside = others.length === 0 ? first.length : new Set([first, ...others].flat()).size;
  return head - last - damages.between(last, head) + beside;
}
