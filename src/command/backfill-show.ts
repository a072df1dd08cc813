import type { BackfillStatus } from "../status/backfill-status.ts";
import { printable } from "../text/printable.ts";
import { type BackfillView, progressBar, progressText } from "./backfill-text.ts";
import type { Terminal } from "./command.ts";

/** Elsewhere than on a terminal a line at most so often, seconds, unless there is something else to say. */
const quietSeconds = 30;

/**
 * Shows on standard error how far a backfill is: one line that is redrawn on a terminal; elsewhere a line now
 * and then; for programs a JSON document on standard output whenever a day is read.
 */
export class BackfillShow {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  readonly #began: number;
  #first: BackfillStatus | undefined;
  #last: BackfillStatus | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #drawn = false;

  constructor(terminal: Terminal, json: boolean) {
    this.#terminal = terminal;
    this.#json = json;
    this.#began = terminal.clock.monotonic();
  }

  progress(status: BackfillStatus): void {
    const { stdout, stderr, stderrIsTTY, clock } = this.#terminal;
    const last = this.#last;
    this.#first ??= status;
    this.#last = status;
    const moved = last?.days_left !== status.days_left || last?.trouble !== status.trouble;
    if (this.#json) {
      if (moved) stdout.write(`${JSON.stringify(status)}\n`);
    } else if (stderrIsTTY) {
      stderr.write(`\r\u001b[K${printable(progressBar(this.#view(status)))}`);
      this.#drawn = true;
    } else {
      const seconds = clock.monotonic() / 1000;
      const news = last?.trouble !== status.trouble;
      if (!news && (!moved || seconds - this.#toldAt < quietSeconds)) return;
      this.#toldAt = seconds;
      stderr.write(`${printable(progressText(this.#view(status)))}\n`);
    }
  }

  /** Nothing more comes: what is written next begins on a line of its own. */
  end(): void {
    if (this.#drawn) this.#terminal.stderr.write("\r\u001b[K");
    this.#drawn = false;
  }

  #view(status: BackfillStatus): BackfillView {
    const first = this.#first ?? status;
    const seconds = (this.#terminal.clock.monotonic() - this.#began) / 1000;
    const records = status.fetched - first.fetched;
    const read = { records, days: first.days_left - status.days_left, seconds };
    return { status, read, columns: this.#terminal.columns };
  }
}
