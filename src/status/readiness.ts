import type { Tell } from "../report/report.ts";
import type { SpoolState } from "../spool/spool-state.ts";
import { type LastReads, notReady } from "./health.ts";
import type { RuntimeView } from "./runtime-view.ts";

/** Tells when the daemon becomes ready, when it ceases to be, and when other hops are what it waits for. */
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
    const hops = problems.map(({ hop, reason }) => `${hop} (${reason})`);
    const starting = problems.every(({ reason }) => reason === "not_read_yet");
    // A reason may change with every try.
    const now = `${starting} ${problems.map(({ hop }) => hop).join(", ")}`;
    if (now === this.#told) return;
    this.#told = now;
    this.#tell(hops.length === 0 ? { type: "ready" } : { type: "not_ready", hops, starting });
  }
}
