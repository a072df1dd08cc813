/** A signal with a time limit. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** To be called when the work is done: leaves no timer and no listener behind. */
  clear(): void;
}

/** A signal that aborts after `ms` or when `parent` aborts, whichever comes first. */
export function deadlineAfter(ms: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  const pass = () => controller.abort(parent.reason);
  const timer = setTimeout(
    () => controller.abort(new DOMException(`no answer within ${ms} ms`, "TimeoutError")),
    ms,
  );
  parent.addEventListener("abort", pass, { once: true });
  if (parent.aborted) pass();
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      parent.removeEventListener("abort", pass);
    },
  };
}
