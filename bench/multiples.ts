import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startChild } from "./children.ts";

/** Two runs of the yardstick that differ by more say that the machine did other things. */
export const mostSpread = 0.4;

/** The yardstick before all that is measured and after it, CPU microseconds per line. */
export interface Yardstick {
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** What multiples are of: the mean of the best round before and the best after. */
  readonly micros: number;
  /** The median of all rounds: what lines cost on the average, also where other programs disturb some rounds. */
  readonly typical: number;
  /** How far the two are apart, as a share of the smaller. */
  readonly spread: number;
}

/** Rounds of the yardstick over this file, in a process of its own under the same Node. */
export async function measureYardstick(file: string): Promise<readonly number[]> {
  const child = startChild(process.execPath, [join(import.meta.dirname, "yardstick.ts"), file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.process.stdout === null) throw new Error("no output");
  const said = await text(child.process.stdout);
  await child.end();
  return JSON.parse(said);
}

/** What both say together. */
export function yardstickOf(before: readonly number[], after: readonly number[]): Yardstick {
  const best = [Math.min(...before), Math.min(...after)];
  return {
    before,
    after,
    typical: median([...before, ...after]),
    micros: ((best[0] as number) + (best[1] as number)) / 2,
    spread: Math.max(...best) / Math.min(...best) - 1,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

/** For people: the best round of each run, and between what all rounds lay. */
export function yardstickLine({ before, after, micros, spread }: Yardstick): string {
  const range = (rounds: readonly number[]) =>
    `${Math.min(...rounds).toFixed(2)} µs (rounds up to ${Math.max(...rounds).toFixed(2)})`;
  return `yardstick: ${micros.toFixed(2)} µs of CPU per line; before ${range(before)}, after ${range(after)}: ${(spread * 100).toFixed(0)} % apart`;
}
