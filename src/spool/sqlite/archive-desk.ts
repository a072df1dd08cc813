import type { Archives } from "../archives.ts";
import type { State } from "./state.ts";
import type { Change } from "./transactions.ts";

/** Whose archives they are. */
export interface ArchiveDeskOptions {
  readonly change: Change;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Where outputs that store files write down what they plan and what they have stored. */
export function archiveDesk(state: State, { change, now }: ArchiveDeskOptions): Archives {
  const { archives, positions, chunks, own } = state;
  return {
    plan: (output, planned) =>
      change(() => {
        const { position } = positions.of(output);
        if (planned.through <= position || planned.through > chunks.meta().head)
          throw new Error(`what ${output} plans ends at ${planned.through}, and its position is ${position}`);
        archives.plan(output, planned);
      }),
    stored: (output, day) => archives.stored(output, day),
    unattested: (output) => archives.unattested(output),
    head: (output) => archives.head(output),
    attested: (output, { head, fingerprint, files, recovered }) =>
      change(() => {
        const at = now();
        archives.attest(output, { ...head, at }, files);
        const { number, date, hash } = head;
        const told = { output, number, date, hash, fingerprint, files: files.length };
        own.tell({ action: "archive_attested", ...told, ...(recovered && { recovered }) }, at);
      }),
  };
}
