import type { Spool } from "../spool/spool.ts";
import { letterFilter, letterReport } from "../status/letter-report.ts";
import { jsonAnswer, type Route, type Routes } from "./routes.ts";

/** One answer stays small: so many letters, each with its record. */
const lettersPerAnswer = 25;

/** What is shown of dead letters, and what is done with them. */
export interface LetterRoutes {
  readonly list: Route;
  /** By path, to be asked by POST. */
  readonly actions: Routes;
}

/** Over `spool`; `changed` is told after each action, so that the outputs look. */
export function letterRoutes(
  spool: Pick<Spool, "deadLetters" | "retryDeadLetters" | "dropDeadLetters">,
  changed: () => void,
): LetterRoutes {
  const acting =
    (act: Spool["retryDeadLetters"]): Route =>
    async (query) => {
      const asked = letterFilter(query);
      if (asked === undefined) return unknownQuery;
      const letters = await act(asked.filter);
      if (letters > 0) changed();
      return jsonAnswer(200, { letters });
    };
  return {
    async list(query) {
      const asked = letterFilter(query);
      if (asked === undefined) return unknownQuery;
      const found = await spool.deadLetters(asked.filter, lettersPerAnswer, asked.after);
      return jsonAnswer(200, { letters: found.map(letterReport) });
    },
    actions: {
      "/dead-letters/retry": acting((filter) => spool.retryDeadLetters(filter)),
      "/dead-letters/drop": acting((filter) => spool.dropDeadLetters(filter)),
    },
  };
}

/** In place of the letters where anybody who reaches the port may ask. */
export const lettersNeedToken: Route = () => ({
  status: 403,
  type: "text/plain; charset=utf-8",
  body: "what events say is shown here only where admin.token is set; as the user of the service: wandb-audit-forwarder dead-letters list\n",
});

const unknownQuery = {
  status: 400,
  type: "text/plain; charset=utf-8",
  body: "the query takes output, reason, day (days since 1970-01-01), uid, before (milliseconds), after_output with after_seq\n",
} as const;
