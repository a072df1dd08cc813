import type { Report } from "../report/report.ts";
import type { OutputState, SpoolState } from "../spool/spool-state.ts";
import { daysText } from "../status/attention.ts";
import type { RuntimeView, SourceHop } from "../status/runtime-view.ts";
import { leftOutText, startStatus, unreadText } from "../status/start-status.ts";
import { counted, countText } from "../text/amounts.ts";
import { dayText } from "../time/clock.ts";

/** What `run --once` did, for the person or the script that started it. */
export class OnceSummary {
  #fetched = 0;
  #new = 0;
  /** Why a source was not read to now. */
  readonly #troubles = new Map<string, string>();
  /** Events given up in this run, by output and reason. */
  readonly #dead = new Map<string, Map<string, number>>();

  /** To be told everything that happens. */
  readonly note = (report: Report): void => {
    switch (report.type) {
      case "poll_done":
        this.#fetched += report.fetched;
        this.#new += report.new;
        return;
      case "poll_failed":
        this.#troubles.set(report.source, `${report.message}; ${report.fix}`);
        return;
      case "source_recovered":
      case "source_released":
        this.#troubles.delete(report.source);
        return;
      case "dead": {
        const { output, reason } = report;
        const reasons = this.#dead.get(output) ?? new Map<string, number>();
        this.#dead.set(output, reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
        return;
      }
    }
  };

  /** The lines to show, and whether nothing was given up in this run and no day is left unread. */
  sum(
    { sources, outputs }: Pick<SpoolState, "sources" | "outputs">,
    runtime: Pick<RuntimeView, "sources" | "conditions">,
  ): { readonly complete: boolean; readonly lines: readonly string[] } {
    const owed = runtime.sources.flatMap(({ name, owes }) => {
      const cursor = sources.find(({ source }) => source === name)?.cursor;
      const days = cursor === undefined ? [] : owes(cursor).map(({ day }) => dayText(day));
      return days.length === 0
        ? []
        : [`source ${name}: not read yet, ${daysText(days)}; tried again by the next run`];
    });
    return {
      complete: owed.length === 0 && this.#dead.size === 0,
      lines: [
        `read ${counted(this.#fetched, "record")}, ${countText(this.#new)} new`,
        ...outputs.filter(({ abandoned }) => !abandoned).map((state) => this.#outputLine(state, runtime)),
        ...owed,
        ...runtime.sources.flatMap((hop) => startLines(hop, sources)),
        ...[...this.#troubles].map(([source, what]) => `source ${source}: not read to now: ${what}`),
      ],
    };
  }

  #outputLine(
    { output, delivered, filtered, dead, backlog }: OutputState,
    { conditions }: Pick<RuntimeView, "conditions">,
  ): string {
    const reasons = [...(this.#dead.get(output) ?? [])];
    const given = reasons.reduce((sum, [, count]) => sum + count, 0);
    const words: string[] = [];
    if (backlog.events > 0) {
      const { reason, detail = "", quote, fix } = conditions.output(output);
      const said = quote === undefined ? "" : `; the remote said: ${quote}`;
      words.push(`${counted(backlog.events, "event")} not delivered yet, kept for the next run`);
      if (backlog.suspects > 0)
        words.push(
          `${countText(backlog.suspects)} of them refused and set aside, tried again when the receiver has accepted others`,
        );
      if (reason !== undefined)
        words.push(`${reason}: ${detail}${said}${fix === undefined ? "" : `; ${fix}`}`);
    }
    if (given > 0) {
      const why = reasons.map(([reason, count]) => `${reason} ${countText(count)}`).join(", ");
      words.push(`complete: no, ${counted(given, "event")} given up (${why}), kept as dead letters`);
    }
    if (words.length === 0) words.push("everything delivered");
    const all = `${countText(delivered)} delivered, ${countText(filtered)} filtered, ${countText(dead)} dead`;
    return `output ${output}: ${words.join("; ")} (in all: ${all})`;
  }
}

/** What `start` leaves out of a source: a person should know, and nothing is missing for it. */
function startLines(hop: SourceHop, states: SpoolState["sources"]): string[] {
  const start = startStatus(
    hop,
    states.find(({ source }) => source === hop.name),
  );
  return [leftOutText(start), unreadText(start.unread)].flatMap((text) =>
    text === undefined ? [] : [`source ${hop.name}: ${text}`],
  );
}
