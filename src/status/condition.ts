/** How a loop is doing, for health, status and metrics. Every change is a fact a person may want to see at 3 a.m. */
export interface Condition {
  readonly state: "idle" | "working" | "waiting" | "retrying" | "held" | "blocked" | "stopped";
  /** Since when it is in this state, monotonic milliseconds. */
  readonly since: number;
  readonly failures: number;
  readonly reason?: string;
  readonly detail?: string;
  readonly fix?: string;
  /** When it tries again, epoch milliseconds. */
  readonly nextTry?: number;
  /** Monotonic milliseconds by which the loop must have turned again; later than that it hangs. */
  readonly stallsAt: number;
}
