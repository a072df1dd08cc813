import type { CheckedChain } from "../archive/chain.ts";
import type { ManifestFile, SignedManifest } from "../archive/manifest.ts";

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
  /** Why it does not follow the one that was known here. */
  readonly recovered: string | null;
  /** The one before it is signed with another key: another forwarder writes there, or the key was changed. */
  readonly after_other_key: boolean;
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
  /** How many manifests stand behind that one that were written before the state was asked. */
  readonly ahead: number;
  /** Those that were written in the month, or name a day or a file of it. */
  readonly manifests: readonly MonthManifest[];
  readonly days: readonly MonthAttested[];
  /** The files of the month's days, as manifests name them. */
  readonly stored: { readonly files: number; readonly records: number; readonly bytes: number };
}

/** What the state knows of an archive, and when it was asked for it, epoch milliseconds. */
interface KnownArchive {
  readonly head: string | undefined;
  readonly at: number;
}

/** Gathers what of an archive is of a month, `2026-08`, from its manifests in their order. */
export function gatherMonth(month: string, known: KnownArchive) {
  const days = new Map<string, MonthAttested>();
  const files = new Map<string, ManifestFile>();
  const manifests: MonthManifest[] = [];
  let ahead = -1;
  let signer: string | undefined;
  return {
    add(signed: SignedManifest): void {
      const { manifest } = signed;
      const own = manifest.days.filter(({ day }) => day.startsWith(`${month}-`));
      const stored = manifest.files.filter(({ name }) => isOfMonth(name, month));
      for (const { source, day, closing, digest } of own)
        days.set(`${day} ${source}`, { source, day, closing, digest, manifest: manifest.number });
      for (const file of stored) files.set(file.name, file);
      if (manifest.date.startsWith(`${month}-`) || own.length + stored.length > 0)
        manifests.push(shown(signed, signer));
      if (signed.hash === known.head) ahead = 0;
      else if (ahead >= 0 && Date.parse(manifest.written) < known.at) ahead++;
      signer = signed.fingerprint;
    },
    archive(where: string, chain: CheckedChain): MonthArchive {
      const head = known.head ?? null;
      const sum = (key: "records" | "size") => [...files.values()].reduce((all, file) => all + file[key], 0);
      return {
        ...{
          where,
          trouble: null,
          chain,
          head,
          ahead: Math.max(0, ahead),
          manifests,
          days: [...days.values()],
        },
        stored: { files: files.size, records: sum("records"), bytes: sum("size") },
      };
    },
  };
}

/** One that could not be looked at, and why. */
export function unseenArchive(where: string, trouble: string): MonthArchive {
  const stored = { files: 0, records: 0, bytes: 0 };
  return { where, trouble, chain: null, head: null, ahead: 0, manifests: [], days: [], stored };
}

function isOfMonth(name: string, month: string): boolean {
  const [year, number] = month.split("-");
  return `/${name}`.includes(`/year=${year}/month=${number}/`);
}

function shown({ manifest, hash, fingerprint }: SignedManifest, before: string | undefined): MonthManifest {
  const { number, date, files, days, recovered } = manifest;
  const records = files.reduce((sum, file) => sum + file.records, 0);
  return {
    ...{ number, date, hash, fingerprint, files: files.length, records, days: days.length, recovered },
    after_other_key: before !== undefined && before !== fingerprint,
  };
}
