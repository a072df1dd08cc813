import type { Spool } from "./spool.ts";
import { SpoolError } from "./spool-error.ts";
import type { Store } from "./store.ts";

/** The spool for everybody but ingest, over a store in this thread. */
export function spoolOfStore(store: Store): Spool {
  return {
    position: async (output) => store.position(output),
    read: async (after, limit) => store.read(after, limit),
    async settle(output, through, counts, dead) {
      try {
        store.settle(output, through, counts, dead);
        return { status: "settled" };
      } catch (error) {
        if (!(error instanceof SpoolError && error.failure === "full")) throw error;
        return { status: "no_room", detail: error.message, fix: error.fix };
      }
    },
    state: async () => ({
      sources: store.sources(),
      outputs: store.outputs(),
      usage: store.usage(),
      damage: store.damage(),
    }),
    books: async () => store.books(),
    deadLetters: async (output, limit) => store.deadLetters(output, limit),
    prune: async (now) => store.prune(now),
  };
}
