import type { FoundFile } from "./archive-store.ts";
import { type ArchiveView, bytesIn } from "./archive-view.ts";
import type { ChainFault } from "./chain-fault.ts";
import { type ChainLink, readChain } from "./chain-links.ts";
import { type ManifestFile, manifestNumber, type SignedManifest } from "./manifest.ts";
import { isLockProbe } from "./names.ts";
import { sha256 } from "./sha256.ts";

/** So many files are read at once: most of the time they are waited for. */
const atOnce = 8;
/** The store has a clock of its own. */
const slackMs = 600_000;

/** What somebody vouches for who looks at an archive. */
export interface Vouched {
  /** The fingerprints of the keys that it is to be signed with. */
  readonly keys?: readonly string[] | undefined;
  /** The hash of its newest manifest, as it was told elsewhere. */
  readonly head?: string | undefined;
  /** Epoch milliseconds. */
  readonly now?: number;
  /** Told how many of the files were read. */
  readonly progress?: (files: number, all: number) => void;
  /** Given each manifest that can be read, by number: whether it is as it should be is not known by then. */
  readonly each?: (signed: SignedManifest) => void;
}

/** What came of looking at an archive. */
export interface CheckedChain {
  readonly faults: readonly ChainFault[];
  readonly manifests: number;
  readonly files: number;
  readonly records: number;
  /** The newest manifest; absent where there is none. */
  readonly newest?: { readonly number: number; readonly date: string; readonly hash: string };
  /** The keys that manifests are signed with, by fingerprint. */
  readonly fingerprints: readonly string[];
  /** Files that are younger than the newest manifest: the next one has to name them. */
  readonly unattested: number;
}

/**
 * Goes through the chain of manifests and every file that one of them names: each edit, gap, missing or extra
 * file is a fault. Rejects where the archive cannot be listed.
 */
export async function checkChain(
  view: ArchiveView,
  stop: AbortSignal,
  vouched: Vouched = {},
): Promise<CheckedChain> {
  const found = await listed(view, stop);
  const faults: ChainFault[] = [];
  const chain = await readChain(view, [...found.values()], { stop, faults, each: vouched.each });
  const { links } = chain;
  checkKeys(links, vouched, faults);
  const newest = links.at(-1);
  checkHead(newest, links, vouched, faults);
  const named = [...chain.named.values()];
  await checkFiles(named, { view, found, stop, vouched, faults });
  const unattested = checkExtra(found, named, newest, faults, vouched.now ?? Number.POSITIVE_INFINITY);
  return {
    ...{ unattested, faults, manifests: links.length, files: named.length },
    fingerprints: [...new Set(links.map(({ fingerprint }) => fingerprint))],
    records: named.reduce((sum, { records }) => sum + records, 0),
    ...(newest && { newest: { number: newest.ownNumber, date: newest.date, hash: newest.hash } }),
  };
}

/** Manifests first: one that is stored while the files are listed names some that were not there yet. */
async function listed(view: ArchiveView, stop: AbortSignal): Promise<Map<string, FoundFile>> {
  const found = new Map<string, FoundFile>();
  for (const [prefix, manifests] of [
    ["manifests/", true],
    ["", false],
  ] as const)
    for await (const file of view.list(prefix, stop))
      if ((manifestNumber(file.name) !== undefined) === manifests) found.set(file.name, file);
  return found;
}

function checkKeys(links: readonly ChainLink[], { keys }: Vouched, faults: ChainFault[]): void {
  if (keys === undefined) return;
  for (const { name, fingerprint } of links)
    if (!keys.includes(fingerprint))
      faults.push({ what: "other_key", name, detail: `it is signed with the key ${fingerprint}` });
}

/** A head that is an older manifest says that the archive has grown since. */
function checkHead(
  newest: ChainLink | undefined,
  links: readonly ChainLink[],
  { head }: Vouched,
  faults: ChainFault[],
): void {
  if (head === undefined || links.some(({ hash }) => hash === head)) return;
  const detail = `no manifest has the hash ${head}: the newest ones were removed, or the chain was made anew`;
  faults.push({ what: "head", name: newest?.name ?? "manifests/", detail });
}

/** What files are compared with, and where faults go. */
interface Files {
  readonly view: ArchiveView;
  readonly found: ReadonlyMap<string, FoundFile>;
  readonly stop: AbortSignal;
  readonly vouched: Vouched;
  readonly faults: ChainFault[];
}

async function checkFiles(named: readonly ManifestFile[], files: Files): Promise<void> {
  const { vouched, faults } = files;
  const wrong: (ChainFault | undefined)[] = [];
  const waiting = named.entries();
  let done = 0;
  const work = async () => {
    for (const [index, file] of waiting) {
      wrong[index] = await faultOf(file, files);
      vouched.progress?.(++done, named.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  // One by one: there may be more of them than a call has arguments.
  for (const fault of wrong) if (fault !== undefined) faults.push(fault);
}

/** Files that no manifest names; gives back how many of them are too young for that. */
function checkExtra(
  found: ReadonlyMap<string, FoundFile>,
  named: readonly ManifestFile[],
  newest: ChainLink | undefined,
  faults: ChainFault[],
  now: number,
): number {
  const names = new Set(named.map(({ name }) => name));
  const since = newest === undefined ? Number.NEGATIVE_INFINITY : newest.writtenAt;
  let young = 0;
  for (const { name, changedAt } of found.values()) {
    if (manifestNumber(name) !== undefined || names.has(name) || isLockProbe(name)) continue;
    if (changedAt > since - slackMs && changedAt < now + slackMs) young++;
    else faults.push({ what: "extra", name, detail: "no manifest names it" });
  }
  return young;
}

async function faultOf(
  { name, size, sha256: named }: ManifestFile,
  { view, found: all, stop }: Files,
): Promise<ChainFault | undefined> {
  const found = all.get(name)?.size;
  if (found === undefined)
    return { what: "missing", name, detail: "a manifest names it, and it is not there" };
  if (found !== size) return { what: "edited", name, detail: `it has ${found} bytes, and had ${size}` };
  const hash = await bytesIn(view, name, stop).then(sha256, (error: unknown) => {
    stop.throwIfAborted();
    return `not to be had: ${messageOf(error)}`;
  });
  return hash === named
    ? undefined
    : { what: "edited", name, detail: `its SHA-256 is ${hash}, and was ${named}` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
