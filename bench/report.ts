import type { Compared } from "./compare/compare.ts";
import { type DaySize, daysTable, type OutputCount, outputsTable, pollsTable } from "./growth.ts";
import type { BacklogStart, Cost, StartUp } from "./measure.ts";
import type { Yardstick } from "./multiples.ts";
import { table, whole } from "./table.ts";

/** All that one run has measured, and where. */
export interface Figures {
  readonly date: string;
  readonly machine: string;
  /** What the stand-in and the receivers are made of. */
  readonly made: "C" | "Node";
  readonly syncMs: number;
  /** Which share of the machine others had before the run and during it, of 1. */
  readonly othersBefore: number;
  readonly others: number;
  readonly events: number;
  readonly yardstick: Yardstick;
  readonly startUp: StartUp;
  readonly costs: readonly Cost[];
  readonly start: BacklogStart | undefined;
  readonly compared: readonly Compared[] | undefined;
  readonly outputs: readonly OutputCount[] | undefined;
  readonly days: readonly DaySize[] | undefined;
}

/** Everything but the yardstick's own line, as Markdown that reads as plain text. */
export function figuresText(figures: Figures): string {
  const { yardstick, startUp, costs, start, compared, outputs, days } = figures;
  const parts = costs.length === 0 ? [] : [costsTable(costs, yardstick.micros)];
  parts.push(
    `Start-up is in all first reads: with an empty log it takes ${whole(startUp.cpuMs)} ms of CPU and ${whole(startUp.peakMiB)} MiB.`,
  );
  if (start !== undefined) parts.push(startText(start));
  if (compared !== undefined) parts.push(comparedText(compared, yardstick.micros));
  if (days !== undefined) {
    parts.push(`The day grows (HEC, cim):\n\n${daysTable(days, yardstick.micros)}`);
    parts.push(
      `CPU seconds a day, and of one processor, by poll interval. Computed: each entry once at the first read's cost, and a day and a half again with every poll at the third's.\n\n${pollsTable(days, startUp.cpuMs)}`,
    );
  }
  if (outputs !== undefined)
    parts.push(`Outputs beside each other (HEC, cim):\n\n${outputsTable(outputs, yardstick.micros)}`);
  parts.push(machineText(figures));
  return parts.join("\n\n");
}

function costsTable(costs: readonly Cost[], yardstick: number): string {
  return table(
    ["path", "events", "CPU µs/event", "yardsticks", "events/s", "peak RSS MiB"],
    costs.map((cost) => costRow(cost, yardstick)),
  );
}

function costRow(
  { name, events, cpuMicros, perSecond, peakMiB }: Cost,
  yardstick: number,
): readonly string[] {
  return [
    name,
    whole(events),
    cpuMicros.toFixed(2),
    (cpuMicros / yardstick).toFixed(2),
    whole(perSecond),
    whole(peakMiB),
  ];
}

function startText({ backlog, firstSendMs, keptMicros, peakMiB }: BacklogStart): string {
  return `Start over a backlog of ${whole(backlog)}: first events arrive after ${whole(firstSendMs)} ms, peak RSS ${whole(peakMiB)} MiB. To read and keep them took ${keptMicros.toFixed(2)} µs of CPU each.`;
}

function comparedText(compared: readonly Compared[], yardstick: number): string {
  const rows = compared.flatMap((one) => ("cost" in one ? [costRow(one.cost, yardstick)] : []));
  const absent = compared.flatMap((one) => ("absent" in one ? [one.absent] : []));
  const measured =
    rows.length === 0
      ? []
      : [table(["others", "events", "CPU µs/event", "yardsticks", "events/s", "peak RSS MiB"], rows)];
  const job =
    "The nearest work of others: none of them asks a server for a log, so they read the same lines from a file.";
  return [job, ...measured, ...absent].join("\n\n");
}

/** Where it was measured, and what else went on there. */
export function machineText({ machine, made, syncMs, othersBefore, others }: Figures): string {
  const share = (part: number) => `${(part * 100).toFixed(0)} %`;
  return `Machine: ${machine}; an fsync takes ${syncMs.toFixed(1)} ms. Others had ${share(othersBefore)} of the machine before the run and ${share(others)} during it. Stand-in and receivers: ${made}.`;
}
