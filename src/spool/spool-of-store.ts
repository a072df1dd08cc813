import type { NoRoom, Spool } from "./spool.ts";
import { SpoolError } from "./spool-error.ts";
import type { Store } from "./store.ts";

/** The spool for everybody but ingest, over a store in this thread. */
export function spoolOfStore(store: Store): Spool {
  return {
    standing: async (output) => store.standing(output),
    read: async (after, limit) => store.read(after, limit),
    chunk: async (after) => store.chunk(after),
    readAgain: async (output, after, limit, part) => store.readAgain(output, after, limit, part),
    replay: async (output) => store.replays.of(output),
    shown: async (output, after, limit) => store.replays.shown(output, after, limit),
    side: async (output, cause, after, limit) => store.side(output, cause, after, limit),
    settle: (output, settlement) =>
      unlessFull(async () => {
        await store.settleSoon(output, settlement);
        return { status: "settled", standing: store.standing(output) };
      }),
    plan: (output, planned) =>
      unlessFull(async () => {
        store.archives.plan(output, planned);
        return "noted" as const;
      }),
    stored: async (output, day) => store.archives.stored(output, day),
    resend: (output, since) => unlessFull(async () => store.resend(output, since)),
    hold: (output, reason) =>
      unlessFull(async () => {
        store.hold({ output, source: "" }, reason);
        return "noted" as const;
      }),
    answerPlace: async (output, answer) => store.answerPlace(output, answer),
    forgotten: async (span) => store.forgotten(span),
    look: async () => store.look(),
    state: async () => ({
      sources: store.sources(),
      outputs: store.outputs(),
      waiting: store.waiting(),
      usage: store.usage(),
      damage: store.damage(),
      replaced: store.replaced(),
    }),
    books: async () => store.books(),
    deadLetters: async (filter, limit, after) => store.deadLetters(filter, limit, after),
    retryDeadLetters: async (filter) => store.retryDeadLetters(filter),
    dropDeadLetters: async (filter) => store.dropDeadLetters(filter),
    prune: async (now) => store.prune(now),
    tellDue: (now) =>
      unlessFull(async () => {
        store.tellDue(now);
        return "noted" as const;
      }),
  };
}

/** A loop that writes waits for room; it does not end. */
async function unlessFull<Written>(write: () => Promise<Written>): Promise<Written | NoRoom> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    return { status: "no_room", detail: error.message, fix: error.fix };
  }
}
