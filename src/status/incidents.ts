import type { Report } from "../report/report.ts";
import type { Incident } from "../spool/trends.ts";

/** So many are remembered. */
export const mostIncidents = 200;
/** So many reasons of one. */
const mostReasons = 4;
/** A shorter time in which nothing was written down is no incident, milliseconds. */
const pauseMs = 150_000;

/** When hops failed, and when nothing ran, from what is told. */
export class Incidents {
  /** By id, oldest first. */
  readonly #all = new Map<number, Incident>();
  readonly #open = new Map<string, number>();
  readonly #changed = new Set<number>();
  /** Hops whose incident began without a failure: they end when the hop is ready. */
  readonly #quiet = new Set<string>();
  #lastId = 0;

  /**
   * Takes in what was kept by a run that was last seen at `seen` and is over since: what had not ended did
   * then. `now` is when this run began. Epoch milliseconds.
   */
  restore(kept: readonly Incident[], seen: number | undefined, now: number): void {
    for (const incident of kept) {
      this.#lastId = incident.id;
      if (incident.ended !== null) this.#all.set(incident.id, incident);
      else this.#put({ ...incident, ended: Math.max(incident.began, seen ?? incident.began) });
    }
    if (seen === undefined || now - seen < pauseMs) return;
    const fields = { hop: "daemon", reasons: ["not_running"], held: false, failures: 0 };
    this.#put({ id: ++this.#lastId, ...fields, began: seen, ended: now });
  }

  /** Newest first; those that go on before the others. */
  all(): Incident[] {
    const newest = [...this.#all.values()].reverse();
    return [...newest.filter(({ ended }) => ended === null), ...newest.filter(({ ended }) => ended !== null)];
  }

  /** Something has changed that is not kept yet. */
  get fresh(): boolean {
    return this.#changed.size > 0;
  }

  /** That, which counts as kept then. */
  takeChanged(): Incident[] {
    const changed = [...this.#changed].flatMap((id) => this.#all.get(id) ?? []);
    this.#changed.clear();
    return changed;
  }

  /** At epoch milliseconds. */
  note(report: Report, now: number): void {
    switch (report.type) {
      case "poll_failed":
        this.#failed(`source ${report.source}`, report.reason, now);
        break;
      case "delivery_failed":
        this.#failed(`output ${report.output}`, report.reason, now);
        break;
      case "source_held":
        this.#held(`source ${report.source}`, report.reason, now);
        break;
      case "held":
        this.#held(`output ${report.output}`, report.reason, now);
        break;
      case "spool_full":
        this.#failed("spool", "spool_full", now);
        break;
      case "source_recovered":
      case "source_released":
        this.#over(`source ${report.source}`, now);
        break;
      case "output_recovered":
      case "released":
        this.#over(`output ${report.output}`, now);
        break;
      case "spool_room":
        this.#over("spool", now);
        break;
      case "ready":
        this.#unready([], now);
        break;
      case "not_ready":
        if (!report.starting) this.#unready(report.hops, now);
    }
  }

  /** Hops that are not ready, as `source prod (stale)`: of some no try has failed. */
  #unready(hops: readonly string[], now: number): void {
    const reasons = new Map(
      hops.map((text) => [text.replace(/ \(\w+\)$/, ""), /\((\w+)\)$/.exec(text)?.[1] ?? ""]),
    );
    for (const hop of this.#quiet) {
      if (reasons.has(hop)) continue;
      this.#quiet.delete(hop);
      this.#over(hop, now);
    }
    for (const [hop, reason] of reasons) {
      if (this.#open.has(hop)) continue;
      this.#quiet.add(hop);
      this.#put({ ...this.#current(hop, now), reasons: [reason] });
    }
  }

  #failed(hop: string, reason: string, now: number): void {
    const before = this.#current(hop, now);
    const isKnown = before.reasons.includes(reason) || before.reasons.length >= mostReasons;
    const reasons = isKnown ? before.reasons : [...before.reasons, reason];
    this.#put({ ...before, reasons, failures: before.failures + 1 });
  }

  #held(hop: string, reason: string, now: number): void {
    const before = this.#current(hop, now);
    const reasons = before.reasons.length === 0 ? [reason] : before.reasons;
    this.#put({ ...before, reasons, held: true });
  }

  #over(hop: string, now: number): void {
    const id = this.#open.get(hop);
    const incident = id === undefined ? undefined : this.#all.get(id);
    this.#open.delete(hop);
    if (incident !== undefined) this.#put({ ...incident, ended: Math.max(incident.began, now) });
  }

  #current(hop: string, now: number): Incident {
    const known = this.#all.get(this.#open.get(hop) ?? 0);
    if (known !== undefined) return known;
    const id = ++this.#lastId;
    this.#open.set(hop, id);
    return { id, hop, reasons: [], held: false, failures: 0, began: now, ended: null };
  }

  #put(incident: Incident): void {
    this.#all.set(incident.id, incident);
    this.#changed.add(incident.id);
    if (this.#all.size <= mostIncidents) return;
    // One that goes on is not forgotten, however long ago it began.
    const known = [...this.#all.values()];
    const oldest = known.find(({ ended }) => ended !== null) ?? known[0];
    if (oldest !== undefined) this.#all.delete(oldest.id);
  }
}
