import { printable } from "../text/printable.ts";
import type { Line } from "./line.ts";

const [dim, red, yellow] = [2, 31, 33];
const colorOf: Readonly<Record<Line["level"], number | undefined>> = {
  debug: dim,
  info: undefined,
  warn: yellow,
  error: red,
};

/**
 * A line of the log as people read it in a terminal: `2026-08-01 12:00:05  warn   output soc: ...`. `now` is
 * epoch milliseconds. What came from outside is made safe to show; only the colours are sequences.
 */
export function textLine({ level, msg }: Pick<Line, "level" | "msg">, now: number, colors: boolean): string {
  const time = new Date(now).toISOString().slice(0, 19).replace("T", " ");
  const text = `${level.padEnd(5)}  ${printable(msg).replaceAll("\n", "\\n")}`;
  const color = colorOf[level];
  if (!colors) return `${time}  ${text}\n`;
  return `${painted(dim, time)}  ${color === undefined ? text : painted(color, text)}\n`;
}

function painted(color: number, text: string): string {
  return `\u001b[${color}m${text}\u001b[0m`;
}
