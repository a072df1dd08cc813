import { pino } from "pino";
import type { Scrub } from "../secret/scrub.ts";
import { printable } from "../text/printable.ts";
import type { Clock } from "../time/clock.ts";
import type { Line } from "./line.ts";
import { lineOf } from "./line-of.ts";
import type { Tell } from "./report.ts";
import { thinner } from "./thin.ts";

/** Where log lines go, and what keeps them clean. */
export interface LogOptions {
  readonly level: "trace" | Line["level"];
  readonly clock: Clock;
  readonly scrub: Scrub;
  /** Takes one whole line at a time. */
  readonly write: (line: string) => void;
}

/**
 * One JSON line per report, with repeats thinned. Each line is one line whatever a remote said, and holds no
 * secret.
 */
export function reportLog({ level, clock, scrub, write }: LogOptions): Tell {
  const thin = thinner(clock);
  const logger = pino(
    {
      level,
      base: null,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => Object.fromEntries(Object.entries(fields).map(rounded)),
      },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    },
    { write: (text) => write(scrub(printable(text))) },
  );
  return (report) => {
    const left = thin(report);
    if (left === undefined) return;
    const { level, msg, fields } = lineOf(report);
    if (!logger.isLevelEnabled(level)) return;
    if (left === 0) logger[level](fields, msg);
    else logger[level]({ ...fields, repeated: left }, `${msg} (${left} more like this since the last line)`);
  };
}

/** Milliseconds are exact enough for seconds: 0.060316775000000005 is noise. */
function rounded([name, value]: [string, unknown]): [string, unknown] {
  return [name, typeof value === "number" && /seconds$/.test(name) ? Math.round(value * 1000) / 1000 : value];
}
