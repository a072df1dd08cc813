import type { Archives, OutcomeOfDay, UnattestedDay } from "../archives.ts";
import { closedAhead } from "../closed-day.ts";
import type { BookRow } from "../spool-state.ts";
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
  const { archives, positions, chunks, own, sources, letters } = state;
  return {
    plan: (output, planned) =>
      change(() => {
        const { position } = positions.of(output);
        if (planned.through <= position || planned.through > chunks.meta().head)
          throw new Error(`what ${output} plans ends at ${planned.through}, and its position is ${position}`);
        archives.plan(output, planned);
      }),
    stored: (output, day) => archives.stored(output, day),
    unattested: (output) => ({
      days: unattestedDays(state, output, now()),
      files: archives.unattested(output),
      gaps: sources.allGaps().map(({ source, day, reason }) => ({ source, day, reason })),
      letters: letters.counts(),
    }),
    head: (output) => archives.head(output),
    unnamed: (output) => {
      const since = archives.attestedAt(output);
      return since === undefined
        ? undefined
        : { names: archives.unattested(output).map(({ name }) => name), since };
    },
    attested: (output, { head, fingerprint, files, days, recovered }) =>
      change(() => {
        const at = now();
        archives.attest(output, { head, files, days }, at);
        const { number, date, hash } = head;
        const told = { output, number, date, hash, fingerprint, files: files.length };
        own.tell({ action: "archive_attested", ...told, ...(recovered && { recovered }) }, at);
      }),
  };
}

/** In the order of sources and days. */
function unattestedDays(
  { archives, books, closedDays, origins, positions }: State,
  output: string,
  now: number,
): UnattestedDay[] {
  const open = closedDays
    .all()
    .filter(
      ({ source, ...closed }) => !closedAhead(closed.at, now) && !archives.isAttested(output, source, closed),
    )
    .sort((a, b) => (a.source === b.source ? a.day - b.day : a.source < b.source ? -1 : 1));
  if (open.length === 0) return [];
  const rows = Map.groupBy(
    books.rows(positions.active().map(({ name }) => name)),
    ({ source, day }) => `${day} ${source}`,
  );
  return open.map(({ source, ...closed }) => ({
    source,
    instance: origins.instance(source) ?? "",
    closed,
    outputs: (rows.get(`${closed.day} ${source}`) ?? []).map(outcomeOf),
  }));
}

function outcomeOf(row: BookRow): OutcomeOfDay {
  const { output, delivered, filtered, dead, dropped, skipped, lost, pending } = row;
  return { output, delivered, filtered, dead, dropped, skipped, lost, pending };
}
