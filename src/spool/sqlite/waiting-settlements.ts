import { loopTurn } from "../../time/turn.ts";
import { SpoolError } from "../spool-error.ts";
import type { Change } from "./transactions.ts";

/** What has to be written, and who waits for it. */
interface Waiting {
  readonly write: () => void;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Settlements that wait for a commit, because each commit waits for the disk: the next transaction takes them
 * along, and where none comes they have one of their own a turn later, all together.
 */
export class WaitingSettlements {
  readonly #change: Change;
  #waiting: Waiting[] = [];
  /** A transaction is open: what joined another one is only written once that is. */
  #open = false;

  constructor(change: Change) {
    this.#change = change;
  }

  /** Resolves when `write` is on disk; rejects with what it, or its commit, fails with. */
  add(write: () => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wait([{ write, written: resolve, failed: reject }]);
    return promise;
  }

  /** One transaction of `work` and all that waits. Neither fails because of the other. */
  readonly change: Change = (work) => {
    if (this.#open) return this.#change(work);
    const joined = this.#waiting;
    this.#waiting = [];
    this.#open = true;
    let complete = false;
    try {
      const result = this.#change(() => {
        complete = false;
        for (const { write } of joined) write();
        const made = work();
        complete = true;
        return made;
      });
      for (const { written } of joined) written();
      return result;
    } catch (error) {
      if (joined.length === 0) throw error;
      // It may be on disk: once more would be twice.
      if (complete && !isFull(error)) {
        for (const { failed } of joined) failed(error);
        throw error;
      }
      this.#alone(joined);
      return this.#change(work);
    } finally {
      this.#open = false;
    }
  };

  /** What waits is written now. Never throws: whoever waits is told. */
  flush(): void {
    try {
      if (this.#waiting.length > 0) this.change(() => {});
    } catch {}
  }

  #wait(more: readonly Waiting[]): void {
    if (this.#waiting.length === 0) void loopTurn().then(() => this.flush());
    this.#waiting.push(...more);
  }

  /** Each by itself, so that each fails with its own error. */
  #alone(waiting: readonly Waiting[]): void {
    for (const { write, written, failed } of waiting)
      try {
        this.#change(write);
        written();
      } catch (error) {
        failed(error);
      }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof SpoolError && error.failure === "full";
}
