import { printable } from "./printable.ts";

/** The beginning of a foreign text, fit for a log line: on one line, printable, at most `max` characters. */
export function excerpt(text: string, max = 200): string {
  const flat = text
    .slice(0, max)
    .replace(/[ \t\r\n]+/g, " ")
    .trim();
  return printable(flat).slice(0, max);
}
