import { type Clock, over } from "./clock.ts";
import { lookedAgain } from "./turn.ts";

/** A span of time that work must keep to. */
export interface Deadline {
  /** Aborts with a `TimeoutError` when the time is over, or with the parent's reason. */
  readonly signal: AbortSignal;
  /** To be called when the work is done: leaves no timer and no listener behind. */
  clear(): void;
}

/** A signal that aborts after `ms` of the clock or when `parent` aborts, whichever comes first. */
export function deadlineAfter(clock: Clock, ms: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  const cleared = new AbortController();
  const pass = () => controller.abort(parent.reason);
  clock.sleep(ms, cleared.signal).then(async () => {
    // A process that was stopped meanwhile may have its answer already, and has not looked.
    if (!cleared.signal.aborted) await lookedAgain();
    if (!cleared.signal.aborted)
      controller.abort(new DOMException(`no answer within ${ms / 1000} s`, "TimeoutError"));
  });
  parent.addEventListener("abort", pass, { once: true });
  if (parent.aborted) pass();
  return {
    signal: controller.signal,
    clear() {
      cleared.abort(over);
      parent.removeEventListener("abort", pass);
    },
  };
}
