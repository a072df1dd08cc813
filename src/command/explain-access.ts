import { askedLookup } from "../admin/lookup.ts";
import type { AskedLookup, EventLookup } from "../spool/event-lookup.ts";
import type { StatusReport } from "../status/status-report.ts";
import type { Terminal } from "./command.ts";
import { stateAccess } from "./state-access.ts";

/** Single events of a state, whoever has it open. */
export interface ExplainAccess {
  readonly lookup: AskedLookup;
  /** Why each output does not get on, by name; empty where no daemon runs. */
  troubles(): Promise<ReadonlyMap<string, { readonly reason: string; readonly detail: string }>>;
  close(): void;
}

/** Through the daemon, or in the state itself where none runs. Rejects as `stateAccess`. */
export async function explainAccess(path: string, terminal: Terminal): Promise<ExplainAccess> {
  const access = await stateAccess(path, terminal);
  if (access.by === "daemon") {
    const { ask } = access;
    return {
      lookup: askedLookup((question, query) => ask("GET", question, query)),
      async troubles() {
        const { outputs } = (await ask("GET", "/status", new URLSearchParams())) as StatusReport;
        return new Map(outputs.flatMap(({ name, trouble }) => (trouble === null ? [] : [[name, trouble]])));
      },
      close: () => {},
    };
  }
  const { store } = access;
  return {
    lookup: laterLookup(store.events),
    troubles: async () => new Map(),
    close: () => store.close(),
  };
}

/** Each answer as a promise. */
function laterLookup(events: EventLookup): AskedLookup {
  const asked = Object.entries(events) as [string, (question: unknown) => unknown][];
  const later = asked.map(([name, answer]) => [name, async (question: unknown) => answer(question)]);
  return Object.fromEntries(later) as AskedLookup;
}
