/** What one report becomes in the log. */
export interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  /** For the person on call: what happened, where, what to do. */
  readonly msg: string;
  /** The same for programs: flat, names in snake_case, the same name for the same thing everywhere. */
  readonly fields: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** A line of the log. */
export function line(level: Line["level"], msg: string, fields: Line["fields"]): Line {
  return { level, msg, fields };
}

/** ` Fix: …` behind a sentence; nothing without a fix. */
export function fixText(fix: string | undefined): string {
  return fix === undefined ? "" : ` Fix: ${fix.replace(/\.$/, "")}.`;
}

/** The fix as a field, where there is one. */
export function fixField(fix: string | undefined): { fix?: string } {
  return fix === undefined ? {} : { fix };
}
