import { pino } from "pino";
import type { Clock } from "../clock.ts";
import type { Redactor } from "../redactor.ts";
import { type Line, makeLog } from "./line.ts";
import type { Tell } from "./report.ts";
import { thinner } from "./thin.ts";

export interface LogOptions {
  readonly level: "trace" | Line["level"];
  readonly clock: Clock;
  readonly redact: Redactor;
  /** Takes one whole line at a time. */
  readonly write: (line: string) => void;
}

/** One JSON line per report, with repeats thinned. Each line is one line whatever a remote said, and holds no secret. */
export function reportLog({ level, clock, redact, write }: LogOptions): Tell {
  const thin = thinner(clock);
  const logger = pino(
    {
      level,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    },
    { write: (text) => write(redact(printable(text))) },
  );
  return (report) => {
    const left = thin(report);
    if (left === undefined) return;
    const { level, msg, fields } = makeLog(report);
    if (!logger.isLevelEnabled(level)) return;
    if (left === 0) logger[level](fields, msg);
    else logger[level]({ ...fields, repeated: left }, `${msg} (${left} more like this since the last line)`);
  };
}

/**
 * Escapes in a JSON line what JSON allows but a terminal or a viewer obeys: DEL, C1 controls, line and paragraph separators,
 * marks that turn the direction of text. In JSON these can only be inside strings.
 */
function printable(line: string): string {
  return line.replaceAll(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
