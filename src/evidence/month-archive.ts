import type { CheckedChain } from "../archive/chain.ts";
import type { Manifest, SignedManifest } from "../archive/manifest.ts";

/** A manifest as a report shows it. */
export interface MonthManifest {
  readonly number: number;
  readonly date: string;
  readonly hash: string;
  readonly fingerprint: string;
  /** What it names. */
  readonly files: number;
  readonly records: number;
  readonly days: number;
  readonly recovered: string | null;
}

/** A closing of a day of the month, as the newest manifest that names the day has it. */
export interface MonthAttested {
  readonly source: string;
  readonly day: string;
  readonly closing: number;
  readonly digest: string;
  readonly manifest: number;
}

/** The archive, as it was looked at. */
export interface MonthArchive {
  readonly where: string;
  /** Why it could not be looked at; null where it was. */
  readonly trouble: string | null;
  /** Null where it could not be looked at. */
  readonly chain: CheckedChain | null;
  /** The hash of the newest manifest that the state knows; null where it knows none of this archive. */
  readonly head: string | null;
  /** Those that were written in the month, or name a day or a file of it. */
  readonly manifests: readonly MonthManifest[];
  readonly days: readonly MonthAttested[];
  /** The files of the month's days, as manifests name them. */
  readonly stored: { readonly files: number; readonly records: number; readonly bytes: number };
}

/** What of an archive is of a month, `2026-08`. `head` as in the state. */
export function monthArchive(
  { where, head, chain }: Pick<MonthArchive, "where" | "head"> & { readonly chain: CheckedChain },
  manifests: readonly SignedManifest[],
  month: string,
): MonthArchive {
  const days = new Map<string, MonthAttested>();
  for (const { manifest } of manifests)
    for (const { source, day, closing, digest } of manifest.days)
      if (day.startsWith(`${month}-`))
        days.set(`${day} ${source}`, { source, day, closing, digest, manifest: manifest.number });
  const files = new Map(
    manifests
      .flatMap(({ manifest }) => manifest.files)
      .flatMap((file) => (isOfMonth(file.name, month) ? [[file.name, file] as const] : [])),
  );
  const sum = (key: "records" | "size") => [...files.values()].reduce((all, file) => all + file[key], 0);
  return {
    ...{ where, trouble: null, chain, head },
    manifests: manifests.filter(({ manifest }) => concerns(manifest, month)).map(shown),
    days: [...days.values()],
    stored: { files: files.size, records: sum("records"), bytes: sum("size") },
  };
}

/** One that could not be looked at, and why. */
export function unseenArchive(where: string, trouble: string): MonthArchive {
  const stored = { files: 0, records: 0, bytes: 0 };
  return { where, trouble, chain: null, head: null, manifests: [], days: [], stored };
}

function concerns({ date, days, files }: Manifest, month: string): boolean {
  return (
    date.startsWith(`${month}-`) ||
    days.some(({ day }) => day.startsWith(`${month}-`)) ||
    files.some(({ name }) => isOfMonth(name, month))
  );
}

function isOfMonth(name: string, month: string): boolean {
  const [year, number] = month.split("-");
  return `/${name}`.includes(`/year=${year}/month=${number}/`);
}

function shown({ manifest, hash, fingerprint }: SignedManifest): MonthManifest {
  const { number, date, files, days, recovered } = manifest;
  const records = files.reduce((sum, file) => sum + file.records, 0);
  return { number, date, hash, fingerprint, files: files.length, records, days: days.length, recovered };
}
