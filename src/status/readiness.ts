import type { Tell } from "../report/report.ts";
import type { SpoolState } from "../spool/spool-state.ts";
import { type LastReads, notReady } from "./health.ts";
import { type HeldBefore, heldBefore } from "./held-before.ts";
import type { RuntimeView } from "./runtime-view.ts";

/**
 * Tells when the daemon becomes ready, when it ceases to be, and when other hops are what it waits for, or
 * what nothing is known of yet.
 */
export class Readiness {
  readonly #runtime: RuntimeView;
  readonly #reads: LastReads;
  readonly #tell: Tell;
  /** What was told last; undefined before the first look. */
  #told: string | undefined;

  constructor(runtime: RuntimeView, reads: LastReads, tell: Tell) {
    this.#runtime = runtime;
    this.#reads = reads;
    this.#tell = tell;
  }

  /** To be called every few seconds with what the spool says now. */
  look(state: SpoolState): void {
    const problems = notReady(this.#runtime, state, this.#reads);
    const hops = problems.map(hopText);
    const unproven = problems.length > 0 ? [] : heldBefore(this.#runtime, state);
    const starting = problems.every(({ reason }) => reason === "not_read_yet");
    // A reason may change with every try.
    const now = JSON.stringify([starting, ...[problems, unproven].map((of) => of.map(({ hop }) => hop))]);
    if (now === this.#told) return;
    this.#told = now;
    this.#tell(
      hops.length > 0
        ? { type: "not_ready", hops, starting }
        : { type: "ready", ...(unproven.length === 0 ? {} : { unproven: unproven.map(hopText) }) },
    );
  }
}

function hopText({ hop, reason }: Pick<HeldBefore, "hop" | "reason">): string {
  return `${hop} (${reason})`;
}
