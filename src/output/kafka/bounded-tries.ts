/** What a producer tries again by itself, bounded: its own counts have no end that could be relied on. */
export interface BoundedTries {
  /** For the producer: how long it waits before the next try. */
  wait(operation: string, attempt: number, error: Error): number;
  /**
   * The work's end. Rejects with what is not to be tried again, and at the deadline with what was met last,
   * or its reason.
   */
  run<Done>(work: () => Promise<Done>, deadline: AbortSignal): Promise<Done>;
}

/** What errors are. */
export interface TryRules {
  /** Trying again does not repair it. */
  isFinal(error: unknown): boolean;
  /**
   * How many errors brokers said in it. Where they said something they are there: a cluster that has just
   * begun needs a moment.
   */
  answersIn(error: unknown): number;
}

const fewTries = 4;
const firstWaitMs = 50;
const longestWaitMs = 1000;
/** So many errors of brokers are met in one run: the client keeps all of them in memory, until it ends. */
const mostAnswers = 10_000;

/**
 * A request that stores may be repeated while its send has time: it has the same numbers then, by which
 * brokers know it again. Everything else, a moment's trouble apart, is the delivery loop's to try again, and
 * ends the work; `ended` is called where the producer still works at it.
 */
export function boundedTries({ isFinal, answersIn }: TryRules, ended: () => void): BoundedTries {
  let underWay: { readonly giveUp: (error: unknown) => void; last: unknown; answers: number } | undefined;
  return {
    wait(operation, attempt, error) {
      if (underWay !== undefined) {
        underWay.last = error;
        const answers = answersIn(error);
        underWay.answers += answers;
        const goesOn = operation === "produce" || (answers > 0 && attempt <= fewTries);
        if (isFinal(error) || !goesOn || underWay.answers > mostAnswers) underWay.giveUp(error);
      }
      return Math.min(firstWaitMs * 2 ** Math.min(attempt - 1, 10), longestWaitMs);
    },

    async run(work, deadline) {
      let late = () => {};
      try {
        return await new Promise((resolve, reject) => {
          const giveUp = (error: unknown) => {
            reject(error);
            ended();
          };
          underWay = { giveUp, last: undefined, answers: 0 };
          late = () => giveUp(underWay?.last ?? deadline.reason);
          deadline.addEventListener("abort", late, { once: true });
          if (deadline.aborted) return late();
          work().then(resolve, reject);
        });
      } finally {
        underWay = undefined;
        deadline.removeEventListener("abort", late);
      }
    },
  };
}
