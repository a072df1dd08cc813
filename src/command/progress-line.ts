import { printable } from "../text/printable.ts";
import type { Terminal } from "./command.ts";

/** What takes shorter is not told. */
const patienceMs = 1_000;
const everyMs = 200;
const eraseLine = "\r\u001b[K";

/** One line on standard error that is redrawn, where people read that. */
export interface ProgressLine {
  /** What is looked through, and which part of it has been, from 0 to 1, where that is known. */
  show(what: string, part?: number): void;
  /** Nothing of it stays. */
  clear(): void;
}

/** For what begins now. */
export function progressLine({
  stderr,
  stderrIsTTY,
  clock,
}: Pick<Terminal, "stderr" | "stderrIsTTY" | "clock">): ProgressLine {
  const began = clock.monotonic();
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    show(what, part) {
      const now = clock.monotonic();
      if (!stderrIsTTY || now - began < patienceMs || now - drawn < everyMs) return;
      drawn = now;
      const done = part === undefined ? "" : `: ${Math.floor(part * 100)} %`;
      stderr.write(`${eraseLine}looking through ${printable(what)}${done}`);
    },
    clear() {
      if (Number.isFinite(drawn)) stderr.write(eraseLine);
      drawn = Number.NEGATIVE_INFINITY;
    },
  };
}
