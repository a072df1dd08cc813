import type { DeliverSignals } from "../../deliver/deliver-options.ts";

/** The steps in which a delivery is ended. */
export type Phase = keyof DeliverSignals;
/** All of them. */
export const phases: readonly Phase[] = ["drain", "halt", "deadline"];

/** The same signals in another thread, where they come as orders. */
export class OrderedSignals implements DeliverSignals {
  readonly #phases = {
    drain: new AbortController(),
    halt: new AbortController(),
    deadline: new AbortController(),
  };

  get drain(): AbortSignal {
    return this.#phases.drain.signal;
  }

  get halt(): AbortSignal {
    return this.#phases.halt.signal;
  }

  get deadline(): AbortSignal {
    return this.#phases.deadline.signal;
  }

  /** This step has come. */
  abort(phase: Phase): void {
    this.#phases[phase].abort();
  }
}
