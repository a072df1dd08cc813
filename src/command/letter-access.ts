import type { LetterFilter, LetterPlace } from "../spool/spool.ts";
import { type LetterReport, letterQuery, letterReport } from "../status/letter-report.ts";
import type { Terminal } from "./command.ts";
import { type StateAccess, stateAccess } from "./state-access.ts";

const lettersAtOnce = 25;

/** The dead letters of a state, whoever has it open. */
export interface LetterAccess {
  /** A daemon runs: what is to be sent again goes at once. */
  readonly daemon: boolean;
  /** Some of them, those behind `after`; empty at the end. */
  list(filter: LetterFilter, after?: LetterPlace): Promise<readonly LetterReport[]>;
  /** Some of them; 0 at the end. */
  retry(filter: LetterFilter): Promise<number>;
  drop(filter: LetterFilter): Promise<number>;
  close(): void;
}

/** Through the daemon, or in the state itself where none runs. Rejects as `stateAccess`. */
export async function letterAccess(path: string, terminal: Terminal): Promise<LetterAccess> {
  const access = await stateAccess(path, terminal);
  if (access.by === "daemon") return daemonLetters(access.ask);
  const { store } = access;
  return {
    daemon: false,
    list: async (filter, after) => store.deadLetters(filter, lettersAtOnce, after).map(letterReport),
    retry: async (filter) => store.retryDeadLetters(filter),
    drop: async (filter) => store.dropDeadLetters(filter),
    close: () => store.close(),
  };
}

function daemonLetters(ask: Extract<StateAccess, { by: "daemon" }>["ask"]): LetterAccess {
  type Letters = { readonly letters: readonly LetterReport[] };
  const act = async (action: string, filter: LetterFilter) =>
    ((await ask("POST", `/dead-letters/${action}`, letterQuery(filter))) as { letters: number }).letters;
  return {
    daemon: true,
    list: async (filter, after) =>
      ((await ask("GET", "/dead-letters", letterQuery(filter, after))) as Letters).letters,
    retry: (filter) => act("retry", filter),
    drop: (filter) => act("drop", filter),
    close: () => {},
  };
}
