import { type Cost, firstRead, measureDay, type Place } from "./measure.ts";
import { plainHec } from "./paths.ts";
import { table, whole } from "./table.ts";

const hour = 3_600;
const pollSeconds = [60, 300, 600, hour];
/**
 * What a poll reads again on the average: yesterday, which the look-back of 26 hours always reaches, and half of today.
 */
const daysPerPoll = 1.5;

/** A day of so many entries, and what reading it again takes. */
export interface DaySize {
  readonly first: Cost;
  readonly second: Cost;
  readonly third: Cost;
}

/** The same day with that many outputs; what it costs is per record, whatever the number of outputs. */
export interface OutputCount {
  readonly outputs: number;
  readonly cost: Cost;
}

/** Days of a hundredth, a tenth, one, three and ten times the usual number of entries. */
export async function measureDays(
  place: Place,
  events: number,
  tell: (cost: Cost) => void,
): Promise<DaySize[]> {
  const sizes: DaySize[] = [];
  for (const factor of [0.01, 0.1, 1, 3, 10]) {
    const [first, second, third] = await measureDay(place, Math.round(events * factor));
    for (const cost of [first, second, third]) tell(cost);
    sizes.push({ first, second, third });
  }
  return sizes;
}

/** One to eight outputs of one kind beside each other. */
export async function measureOutputs(
  place: Place,
  events: number,
  tell: (cost: Cost) => void,
): Promise<OutputCount[]> {
  const counts: OutputCount[] = [];
  for (const outputs of [1, 2, 4, 8]) {
    const { row, daemon, work } = await firstRead(place, plainHec, events, outputs);
    await daemon.end();
    work.remove();
    const cost = { ...row, name: `HTTP → ${outputs} × HEC (cim)` };
    tell(cost);
    counts.push({ outputs, cost });
  }
  return counts;
}

/** How cost and memory grow with the day. */
export function daysTable(sizes: readonly DaySize[], yardstick: number): string {
  const rows = sizes.map(({ first, second, third }) => [
    whole(first.events),
    first.cpuMicros.toFixed(2),
    (first.cpuMicros / yardstick).toFixed(2),
    second.cpuMicros.toFixed(2),
    third.cpuMicros.toFixed(2),
    (third.cpuMicros / yardstick).toFixed(2),
    whole(first.peakMiB),
    whole(Math.max(second.peakMiB, third.peakMiB)),
  ]);
  const head = [
    "entries a day",
    "first read µs/event",
    "yardsticks",
    "second read µs/line",
    "third",
    "yardsticks",
  ];
  return table([...head, "peak RSS MiB, first read", "re-read"], rows);
}

/** How cost and memory grow with the number of outputs. */
export function outputsTable(counts: readonly OutputCount[], yardstick: number): string {
  const rows = counts.map(({ outputs, cost }) => [
    String(outputs),
    cost.cpuMicros.toFixed(2),
    (cost.cpuMicros / outputs).toFixed(2),
    (cost.cpuMicros / outputs / yardstick).toFixed(2),
    whole(cost.perSecond),
    whole(cost.peakMiB),
  ]);
  return table(["outputs", "µs/record", "µs/event", "yardsticks/event", "records/s", "peak RSS MiB"], rows);
}

/** What a day costs in CPU seconds at a poll interval, computed from the first read of it, without start-up, and the third. */
export function pollsTable(sizes: readonly DaySize[], startUpMs: number): string {
  const rows = sizes.map(({ first, third }) => [
    whole(first.events),
    ...pollSeconds.map((seconds) => {
      const polls = (24 * hour) / seconds;
      const micros =
        first.events * (first.cpuMicros + polls * daysPerPoll * third.cpuMicros) - startUpMs * 1000;
      return `${whole(micros / 1e6)} s (${((micros / 1e6 / (24 * hour)) * 100).toFixed(2)} %)`;
    }),
  ]);
  return table(["entries a day", ...pollSeconds.map((seconds) => `every ${seconds / 60} min`)], rows);
}
