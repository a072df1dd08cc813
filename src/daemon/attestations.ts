import type { KeyObject } from "node:crypto";
import type { ArchiveStore } from "../archive/archive-store.ts";
import { attest, type ManifestFacts, type WrittenManifest } from "../archive/attesting.ts";
import { type Manifest, type ManifestDay, mostNamed } from "../archive/manifest.ts";
import { stemTime } from "../archive/names.ts";
import type { RetryResult } from "../output/output.ts";
import type { Tell } from "../report/report.ts";
import type { Archives, Unattested, UnattestedDay } from "../spool/archives.ts";
import { SpoolError } from "../spool/spool-error.ts";
import { type Clock, dayText, utcDayOfMs, utcDayOfText } from "../time/clock.ts";
import { deadlineAfter } from "../time/deadline.ts";

const everyMs = 60_000;
/** Between two tries that failed. */
const pauseMs = 300_000;
/** A file that is stored so long before a manifest, and not named by it, looks like one that was added. */
const youngMs = 600_000;

/** An archive whose content is attested. */
export interface AttestedArchive {
  /** The output's name. */
  readonly output: string;
  readonly store: ArchiveStore;
  readonly key: KeyObject;
  /** How long a manifest may take, milliseconds. */
  readonly timeoutMs: number;
  /** What an error of the store means. */
  readonly failed: (error: unknown, deadline: AbortSignal) => RetryResult;
}

/** What is attested, and who is told. */
export interface AttestationsOptions {
  readonly archives: readonly AttestedArchive[];
  readonly books: Archives;
  readonly clock: Clock;
  readonly tell: Tell;
}

/** Writes a manifest for each archive, once a UTC date. */
export class Attestations {
  readonly #options: AttestationsOptions;
  /** By output: what failed last, and the monotonic milliseconds before which nothing is tried again. */
  readonly #failed = new Map<string, { readonly detail: string; readonly notBefore: number }>();

  constructor(options: AttestationsOptions) {
    this.#options = options;
  }

  /** Until `stop`. Rejects with SpoolError when the state cannot be trusted. */
  async run(stop: AbortSignal): Promise<void> {
    const { archives, clock } = this.#options;
    while (archives.length > 0 && !stop.aborted) {
      await this.attestDue(stop);
      await clock.sleep(everyMs, stop);
    }
  }

  /**
   * Those of which today's manifest is not there yet, or passed over files that were stored by then. Rejects
   * as `run` does.
   */
  async attestDue(stop: AbortSignal): Promise<void> {
    const { archives, clock } = this.#options;
    for (const archive of archives) {
      const { notBefore } = this.#failed.get(archive.output) ?? { notBefore: 0 };
      if (clock.monotonic() < notBefore || !this.#isDue(archive.output)) continue;
      // One says so much and no more: what is left follows at once.
      let more = true;
      while (more && !stop.aborted) more = await this.#attest(archive, stop);
    }
  }

  #isDue(output: string): boolean {
    const { books, clock } = this.#options;
    const now = clock.now();
    // A date still to come is that of a clock that was ahead: with it, none would follow until then.
    if (books.head(output)?.date !== dayText(utcDayOfMs(now))) return true;
    const { names, since } = books.unnamed(output) ?? { names: [], since: now };
    // The program ended, or the state was lost, before that they are stored was written down.
    return now >= since + youngMs && names.some((name) => (stemTime(name) ?? since) < since - youngMs);
  }

  /** Whether another one has to follow. */
  async #attest(archive: AttestedArchive, stop: AbortSignal): Promise<boolean> {
    const { books, clock } = this.#options;
    const { output, store, key, timeoutMs } = archive;
    const deadline = deadlineAfter(clock, timeoutMs, stop);
    const known = books.head(output);
    const fresh = books.unattested(output);
    const facts = (stored: readonly Manifest[]) => factsOf(fresh, stored);
    try {
      const written = await attest({ store, key, known, facts, now: clock.now() }, deadline.signal);
      if (written !== undefined) {
        this.#note(archive, written);
        return isFull(written.manifest);
      }
      this.#tellFailed(output, taken);
    } catch (error) {
      if (error instanceof SpoolError && error.failure !== "full") throw error;
      if (!stop.aborted) this.#tellFailure(archive, error, deadline.signal);
    } finally {
      deadline.clear();
    }
    return false;
  }

  #note(
    { output }: AttestedArchive,
    { manifest, hash, fingerprint, stored, warning }: WrittenManifest,
  ): void {
    const { books, tell } = this.#options;
    const { number, date, recovered } = manifest;
    const all = [...stored, manifest];
    const why = recovered === null ? {} : { recovered };
    if (warning !== undefined) tell({ type: "archive_differs", output, detail: warning });
    books.attested(output, {
      head: { number, date, hash },
      fingerprint,
      files: all.flatMap(({ files }) => files.map(({ name }) => name)),
      days: all.flatMap(({ days }) =>
        days.map(({ source, day, closing, digest }) => ({ source, day: utcDayOfText(day), closing, digest })),
      ),
      ...why,
    });
    this.#failed.delete(output);
    const counts = { files: manifest.files.length, days: manifest.days.length };
    tell({ type: "archive_attested", output, manifest: number, hash, ...counts, ...why });
  }

  #tellFailure({ output, failed }: AttestedArchive, error: unknown, deadline: AbortSignal): void {
    this.#tellFailed(
      output,
      error instanceof SpoolError ? { detail: error.message, fix: error.fix } : failed(error, deadline),
    );
  }

  #tellFailed(output: string, { detail, fix }: Pick<RetryResult, "detail" | "fix">): void {
    const { clock, tell } = this.#options;
    const before = this.#failed.get(output)?.detail;
    this.#failed.set(output, { detail, notBefore: clock.monotonic() + pauseMs });
    if (detail !== before) tell({ type: "archive_attest_failed", output, detail, ...(fix && { fix }) });
  }
}

/** It came between, or cannot be read: the next try looks again. */
const taken = {
  detail: "another file stands where the next manifest would",
  fix: "none if a second forwarder writes to the same archive; otherwise look at manifests/ there, and run archive verify",
};

function isFull({ files, days }: Manifest): boolean {
  return files.length >= mostNamed.files || days.length >= mostNamed.days;
}

/** What manifests that are stored already name is not named again. */
function factsOf({ days, files, gaps, letters }: Unattested, stored: readonly Manifest[]): ManifestFacts {
  const named = new Set(stored.flatMap((each) => each.files.map(({ name }) => name)));
  const closed = new Set(stored.flatMap((each) => each.days.map(closingOf)));
  return {
    days: days
      .map(manifestDay)
      .filter((day) => !closed.has(closingOf(day)))
      .slice(0, mostNamed.days),
    files: files
      .filter(({ name }) => !named.has(name))
      .slice(0, mostNamed.files)
      .map(({ name, size, sha256, records }) => ({ name, size, sha256, records })),
    gaps: gaps.map(({ source, day, reason }) => ({ source, day: dayText(day), reason })),
    dead_letters: letters,
  };
}

function closingOf({ source, day, closing, digest }: ManifestDay): string {
  return JSON.stringify([source, day, closing, digest]);
}

function manifestDay({ source, instance, closed, outputs }: UnattestedDay): ManifestDay {
  const { day, closing, at, records, identities, digest, kept } = closed;
  const closedAt = new Date(at).toISOString();
  return {
    ...{ source, instance, day: dayText(day), closing, closed_at: closedAt },
    ...{ records, identities, digest, kept, outputs },
  };
}
