import { pino } from "pino";
import type { Scrub } from "../secret/scrub.ts";
import { printable } from "../text/printable.ts";
import type { Clock } from "../time/clock.ts";
import type { Line } from "./line.ts";
import { lineOf } from "./line-of.ts";
import type { Tell } from "./report.ts";
import { textLine } from "./text-line.ts";
import { thinner } from "./thin.ts";

/** How log lines look, and which are written. */
export interface LogStyle {
  readonly level: "trace" | Line["level"];
  readonly format: "json" | "text";
  /** Text only: for a terminal that takes them. */
  readonly colors: boolean;
}

/** Where log lines go, and what keeps them clean. */
export interface LogOptions extends LogStyle {
  readonly clock: Clock;
  readonly scrub: Scrub;
  /** Takes one whole line at a time. */
  readonly write: (line: string) => void;
}

/**
 * One line per report, JSON or text, with repeats thinned. Each line is one line whatever a remote said, and
 * holds no secret.
 */
export function reportLog({ level, format, colors, clock, scrub, write }: LogOptions): Tell {
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
    const told = left === 0 ? msg : `${msg} (${left} more like this since the last line)`;
    if (format === "text") write(scrub(textLine({ level, msg: told }, clock.now(), colors)));
    else logger[level](left === 0 ? fields : { ...fields, repeated: left }, told);
  };
}

/** Milliseconds are exact enough for seconds: 0.060316775000000005 is noise. */
function rounded([name, value]: [string, unknown]): [string, unknown] {
  return [name, typeof value === "number" && /seconds$/.test(name) ? Math.round(value * 1000) / 1000 : value];
}
