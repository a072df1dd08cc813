import type { ReplayStatus } from "../status/replay-status.ts";
import { printable } from "../text/printable.ts";
import type { Terminal } from "./command.ts";
import { replayBar, replayProgress } from "./replay-text.ts";

/** Elsewhere than on a terminal a line at most so often, seconds. */
const quietSeconds = 30;

/**
 * Shows on standard error how far a replay is: one line that is redrawn on a terminal, elsewhere a line now
 * and then; for programs a JSON document on standard output whenever it got on.
 */
export class ReplayShow {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  readonly #began: number;
  #first: ReplayStatus | undefined;
  #last: ReplayStatus | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #drawn = false;

  constructor(terminal: Terminal, json: boolean) {
    this.#terminal = terminal;
    this.#json = json;
    this.#began = terminal.clock.monotonic();
  }

  progress(status: ReplayStatus): void {
    const { stdout, stderr, stderrIsTTY, clock, columns } = this.#terminal;
    const moved = whereOf(this.#last) !== whereOf(status);
    this.#first ??= status;
    this.#last = status;
    const seconds = clock.monotonic() / 1000;
    const text = replayProgress(status, this.#first, seconds - this.#began / 1000);
    if (this.#json) {
      if (moved) stdout.write(`${JSON.stringify(status)}\n`);
    } else if (stderrIsTTY) {
      stderr.write(`\r\u001b[K${printable(replayBar(text, status, columns))}`);
      this.#drawn = true;
    } else if (moved && seconds - this.#toldAt >= quietSeconds) {
      this.#toldAt = seconds;
      stderr.write(`${printable(text)}\n`);
    }
  }

  /** Nothing more comes: what is written next begins on a line of its own. */
  end(): void {
    if (this.#drawn) this.#terminal.stderr.write("\r\u001b[K");
    this.#drawn = false;
  }
}

/** How far it is, as one text. */
function whereOf(status: ReplayStatus | undefined): string {
  if (status === undefined) return "";
  const { changed, records_left: left, waiting, reading } = status;
  return JSON.stringify([
    changed,
    left,
    waiting,
    reading.map(({ days_left: days, trouble }) => [days, trouble]),
  ]);
}
