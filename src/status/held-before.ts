import type { SpoolState } from "../spool/spool-state.ts";
import type { RuntimeView } from "./runtime-view.ts";

/** A hop that was held, of which nothing has shown yet that it works again. */
export interface HeldBefore {
  /** `source prod`, `output splunk` */
  readonly hop: string;
  /** Of the hold. */
  readonly reason: string;
  readonly detail: string;
}

/**
 * The hops whose hold is in the state, and that do not say now that they are held: most often it is from
 * before this start. What is held now is not ready, and told there.
 */
export function heldBefore(
  { sources, outputs, conditions }: Pick<RuntimeView, "sources" | "outputs" | "conditions">,
  state: Pick<SpoolState, "sources" | "outputs">,
): HeldBefore[] {
  return [
    ...sources.flatMap(({ name }) => {
      const reason = state.sources.find(({ source }) => source === name)?.held;
      if (reason === undefined || conditions.source(name).state === "held") return [];
      return [{ hop: `source ${name}`, reason, detail: `was held (${reason}), and no read has ended since` }];
    }),
    ...outputs.flatMap(({ name }) => {
      const reason = state.outputs.find(({ output }) => output === name)?.held;
      if (reason === undefined || conditions.output(name).state === "held") return [];
      const detail = `was held (${reason}), and nothing has been delivered since`;
      return [{ hop: `output ${name}`, reason, detail }];
    }),
  ];
}
