import type { StoredFile } from "../../record/stored-file.ts";
import type { Attested, AttestedDay, ChainHead, PlannedBatch } from "../archives.ts";
import type { ClosedDay } from "../closed-day.ts";
import type { Database } from "./database.ts";
import { sealedTable } from "./sealed-table.ts";

/** What an output will store next. */
interface PlannedRow extends PlannedBatch {
  readonly output: string;
}

/** A file that an output has stored. `manifest` is the number of the one that names it. */
interface StoredFileRow extends StoredFile {
  readonly output: string;
  /** When it was written down, epoch milliseconds. */
  readonly at: number;
  readonly manifest: number | null;
}

/** A manifest of the chain of an output. */
interface ManifestRow extends ChainHead {
  readonly output: string;
  /** When it was written down here, epoch milliseconds. */
  readonly at: number;
}

/** A closed day that the manifests of an output name. */
interface AttestedDayRow extends AttestedDay {
  readonly output: string;
}

/** Their tables. */
export function archiveTablesOf(db: Database) {
  const ofFile = ["name", "day", "size", "sha256", "records", "at", "manifest"] as const;
  return {
    planned: sealedTable<PlannedRow>(db, "planned", ["output", "through", "plan"]),
    storedFile: sealedTable<StoredFileRow>(db, "stored_file", ["output", ...ofFile]),
    attestedDay: sealedTable<AttestedDayRow>(db, "attested_day", [
      ...(["output", "source", "day", "closing", "digest"] as const),
    ]),
    manifest: sealedTable<ManifestRow>(db, "manifest", ["output", "number", "date", "hash", "at"]),
  };
}

/** What outputs have planned and stored. Writes join the transaction. */
export interface ArchiveBooks {
  load(): void;
  planned(output: string): PlannedBatch | undefined;
  plan(output: string, planned: PlannedBatch): void;
  /** The position is `through` now: what was planned up to there is done with. */
  passed(output: string, through: number): void;
  keep(output: string, files: readonly StoredFile[], at: number): void;
  stored(output: string, day: number): string[];
  unattested(output: string): StoredFile[];
  /** Whether its manifests name this closing of the day. */
  isAttested(output: string, source: string, closed: ClosedDay): boolean;
  head(output: string): ChainHead | undefined;
  /** When that was noted, epoch milliseconds. */
  attestedAt(output: string): number | undefined;
  attest(output: string, attested: Pick<Attested, "head" | "files" | "days">, at: number): void;
  /** What is older than `before`, epoch milliseconds, and was named by a manifest or never will be. */
  prune(before: number): void;
}

/** Those in `tables`; plans are kept in memory as they are on disk, and empty until `load`. */
export function archiveBooks(db: Database, tables: ReturnType<typeof archiveTablesOf>): ArchiveBooks {
  const plans = new Map<string, PlannedBatch>();
  const heads = new Map<string, ChainHead>();
  return {
    load() {
      plans.clear();
      heads.clear();
      for (const { output, through, plan } of tables.planned.rows()) plans.set(output, { through, plan });
      for (const { output, number, date, hash } of tables.manifest.rows("ORDER BY number"))
        heads.set(output, { number, date, hash });
    },
    planned: (output) => plans.get(output),
    plan(output, { through, plan }) {
      tables.planned.put({ output, through, plan });
      plans.set(output, { through, plan });
    },
    passed(output, through) {
      if ((plans.get(output)?.through ?? Number.POSITIVE_INFINITY) > through) return;
      plans.delete(output);
      db.run("DELETE FROM planned WHERE output = ?", output);
    },
    keep(output, files, at) {
      for (const file of files) {
        const [known] = tables.storedFile.rows("WHERE output = ? AND name = ?", output, file.name);
        if (known === undefined) tables.storedFile.put({ output, ...file, at, manifest: null });
      }
    },
    stored: (output, day) =>
      tables.storedFile
        .rows("WHERE output = ? AND day = ? ORDER BY name", output, day)
        .map(({ name }) => name),
    unattested: (output) =>
      tables.storedFile
        .rows("WHERE output = ? AND manifest IS NULL ORDER BY name", output)
        .map(({ name, day, size, sha256, records }) => ({ name, day, size, sha256, records })),
    isAttested: (output, source, { day, closing, digest }) =>
      tables.attestedDay
        .rows("WHERE output = ? AND source = ? AND day = ?", output, source, day)
        .some((row) => row.closing === closing && row.digest === digest),
    head: (output) => heads.get(output),
    attestedAt: (output) =>
      tables.manifest.rows("WHERE output = ? ORDER BY number DESC LIMIT 1", output)[0]?.at,
    attest(output, { head, files, days }, at) {
      tables.manifest.put({ output, ...head, at });
      heads.set(output, head);
      for (const day of days) tables.attestedDay.put({ output, ...day });
      for (const name of files)
        for (const row of tables.storedFile.rows("WHERE output = ? AND name = ?", output, name))
          tables.storedFile.put({ ...row, manifest: row.manifest ?? head.number });
    },
    prune(before) {
      db.run(
        `DELETE FROM stored_file WHERE at < ? AND (manifest IS NOT NULL
          OR output NOT IN (SELECT output FROM manifest))`,
        before,
      );
    },
  };
}
