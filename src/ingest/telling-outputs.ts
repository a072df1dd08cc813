import type { Tell } from "../report/report.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { Store } from "../spool/store.ts";

/** A day that shrank is told to the outputs too. On a full disk it stands in the log alone. */
export function tellingOutputs({ store, tell }: { store: Pick<Store, "shrank">; tell: Tell }): Tell {
  return (report) => {
    tell(report);
    if (report.type !== "day_shrank") return;
    const { source, day, before, now } = report;
    try {
      store.shrank({ source, day, before, now });
    } catch (error) {
      if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    }
  };
}
