import type { ArchiveStore, FoundFile } from "./archive-store.ts";
import {
  longestManifest,
  type ManifestFile,
  manifestName,
  manifestNumber,
  readManifest,
  type SignedManifest,
} from "./manifest.ts";
import { isLockProbe } from "./names.ts";
import { sha256 } from "./sha256.ts";

/** So many files are read at once: most of the time they are waited for. */
const atOnce = 8;
/** The store has a clock of its own. */
const slackMs = 600_000;

/** What of an archive is looked at. */
export type ArchiveView = Pick<ArchiveStore, "list" | "read">;

/** What somebody vouches for who looks at an archive. */
export interface Vouched {
  /** The fingerprint of the key that it is to be signed with. */
  readonly fingerprint?: string | undefined;
  /** The hash of its newest manifest, as it was told elsewhere. */
  readonly head?: string | undefined;
  /** Epoch milliseconds. */
  readonly now?: number;
  /** Told how many of the files were read. */
  readonly progress?: (files: number, all: number) => void;
}

/** Something in an archive that is not as it was vouched for. */
export interface ChainFault {
  readonly what: "edited" | "missing" | "extra" | "gap" | "reordered" | "unsigned" | "other_key" | "head";
  readonly name: string;
  readonly detail: string;
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
  const found = new Map<string, FoundFile>();
  for await (const file of view.list("", stop)) found.set(file.name, file);
  const faults: ChainFault[] = [];
  const chain = await chainIn(view, found, stop, faults);
  checkLinks(chain, faults);
  const fingerprints = [...new Set(chain.map(({ signed }) => signed.fingerprint))];
  checkKeys(chain, vouched, faults);
  const newest = chain.at(-1);
  checkHead(newest, chain, vouched, faults);
  const named = namedBy(chain);
  await checkFiles(named, { view, found, stop, vouched, faults });
  const unattested = checkExtra(found, named, newest, faults, vouched.now ?? Number.POSITIVE_INFINITY);
  return {
    ...{ unattested, faults, manifests: chain.length, files: named.length, fingerprints },
    records: named.reduce((sum, { records }) => sum + records, 0),
    ...(newest && {
      newest: {
        ...{ number: newest.signed.manifest.number, date: newest.signed.manifest.date },
        hash: newest.signed.hash,
      },
    }),
  };
}

/** Each once: two manifests may name a file, of two forwarders, or of one and its older state. */
function namedBy(chain: readonly Link[]): ManifestFile[] {
  const named = new Map<string, ManifestFile>();
  for (const { signed } of chain)
    for (const file of signed.manifest.files)
      named.set(JSON.stringify([file.name, file.size, file.sha256]), file);
  return [...named.values()];
}

/** A manifest where it stands. */
interface Link {
  readonly name: string;
  readonly number: number;
  readonly signed: SignedManifest;
}

/** The manifests that can be read, in the order of their names. What is no name of one is an extra file. */
async function chainIn(
  view: ArchiveView,
  found: ReadonlyMap<string, FoundFile>,
  stop: AbortSignal,
  faults: ChainFault[],
): Promise<Link[]> {
  const links: Link[] = [];
  for (const { name, size } of found.values()) {
    const number = manifestNumber(name);
    if (number === undefined) continue;
    try {
      if (size > longestManifest) throw new Error("it is too large for a manifest");
      links.push({ name, number, signed: readManifest((await bytesOf(view, name, stop)).toString("utf8")) });
    } catch (error) {
      faults.push({ what: "edited", name, detail: messageOf(error) });
    }
  }
  return links.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
}

function checkLinks(chain: readonly Link[], faults: ChainFault[]): void {
  let expected = 0;
  let previous: string | null = null;
  for (const { name, number, signed } of chain) {
    const { manifest, hash, isSigned } = signed;
    const fault = (what: ChainFault["what"], detail: string) => faults.push({ what, name, detail });
    if (!isSigned) fault("unsigned", "its signature is not that of its first line");
    if (manifestName(manifest) !== name) fault("reordered", `it calls itself ${manifestName(manifest)}`);
    if (number > expected) fault("gap", `the manifests from ${expected} to ${number - 1} are not there`);
    else if (number < expected) fault("extra", `there is another manifest with the number ${number}`);
    if (manifest.previous !== previous)
      fault("reordered", "it does not name the manifest before it by its hash");
    expected = number + 1;
    previous = hash;
  }
}

function checkKeys(chain: readonly Link[], { fingerprint }: Vouched, faults: ChainFault[]): void {
  if (fingerprint === undefined) return;
  for (const { name, signed } of chain)
    if (signed.fingerprint !== fingerprint)
      faults.push({ what: "other_key", name, detail: `it is signed with the key ${signed.fingerprint}` });
}

/** A head that is an older manifest says that the archive has grown since. */
function checkHead(
  newest: Link | undefined,
  chain: readonly Link[],
  { head }: Vouched,
  faults: ChainFault[],
): void {
  if (head === undefined || chain.some(({ signed }) => signed.hash === head)) return;
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
  newest: Link | undefined,
  faults: ChainFault[],
  now: number,
): number {
  const names = new Set(named.map(({ name }) => name));
  const since = newest === undefined ? Number.NEGATIVE_INFINITY : Date.parse(newest.signed.manifest.written);
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
  const hash = await bytesOf(view, name, stop).then(sha256, (error: unknown) => {
    stop.throwIfAborted();
    return `not to be had: ${messageOf(error)}`;
  });
  return hash === named
    ? undefined
    : { what: "edited", name, detail: `its SHA-256 is ${hash}, and was ${named}` };
}

async function bytesOf(view: ArchiveView, name: string, stop: AbortSignal): Promise<Buffer> {
  const bytes = await view.read(name, stop);
  if (bytes === undefined) throw new Error("it is not there any more");
  return bytes;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
