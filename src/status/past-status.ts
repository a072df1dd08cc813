import type { Incident } from "../spool/trends.ts";
import type { Pace } from "./history.ts";

/** How fast an output is, over the last five minutes; null where no daemon runs. */
export interface PaceStatus {
  readonly events_per_second: number | null;
  readonly bytes_per_second: number | null;
  /** ISO 8601 UTC; null where it is not known, or more than a month ago. */
  readonly last_delivery: string | null;
}

/** A time in which a hop failed: `ended` is null while it goes on. */
export interface IncidentStatus {
  readonly hop: string;
  readonly reasons: readonly string[];
  readonly held: boolean;
  readonly failures: number;
  readonly began: string;
  readonly ended: string | null;
}

/** As `/status` shows it. */
export function paceStatus(pace: Pace | undefined): PaceStatus {
  if (pace === undefined) return { events_per_second: null, bytes_per_second: null, last_delivery: null };
  const { eventsPerSecond, bytesPerSecond, latest } = pace;
  return {
    events_per_second: Math.round(eventsPerSecond * 1000) / 1000,
    bytes_per_second: Math.round(bytesPerSecond),
    last_delivery: latest === null ? null : new Date(latest).toISOString(),
  };
}

/** As `/status` shows it. */
export function incidentStatus({ hop, reasons, held, failures, began, ended }: Incident): IncidentStatus {
  return {
    ...{ hop, reasons, held, failures },
    began: new Date(began).toISOString(),
    ended: ended === null ? null : new Date(ended).toISOString(),
  };
}
