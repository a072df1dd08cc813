import { createHash } from "node:crypto";
import {
  longestManifest,
  type ManifestFile,
  manifestName,
  manifestNumber,
  readManifest,
  type SignedManifest,
} from "./manifest.ts";

/** What of an archive is looked at. */
export interface ArchiveView {
  /** Every file of it, in any order. */
  list(): AsyncIterable<{ readonly name: string; readonly size: number }>;
  /** Rejects where it cannot be read. */
  read(name: string): AsyncIterable<Uint8Array>;
}

/** What somebody vouches for who looks at an archive. */
export interface Vouched {
  /** The fingerprint of the key that it is to be signed with. */
  readonly fingerprint?: string | undefined;
  /** The hash of its newest manifest, as it was told elsewhere. */
  readonly head?: string | undefined;
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
}

/**
 * Goes through the chain of manifests and every file that one of them names: each edit, gap, missing or extra
 * file is a fault. Rejects where the archive cannot be listed.
 */
export async function checkChain(view: ArchiveView, vouched: Vouched = {}): Promise<CheckedChain> {
  const sizes = new Map<string, number>();
  for await (const { name, size } of view.list()) sizes.set(name, size);
  const faults: ChainFault[] = [];
  const chain = await chainIn(view, sizes, faults);
  checkLinks(chain, faults);
  const fingerprints = [...new Set(chain.map(({ signed }) => signed.fingerprint))];
  checkKeys(chain, vouched, faults);
  const newest = chain.at(-1);
  checkHead(newest, chain, vouched, faults);
  const named = chain.flatMap(({ signed }) => signed.manifest.files);
  await checkFiles(named, { view, sizes, vouched, faults });
  return {
    ...{ faults, manifests: chain.length, files: named.length, fingerprints },
    records: named.reduce((sum, { records }) => sum + records, 0),
    ...(newest && {
      newest: {
        ...{ number: newest.signed.manifest.number, date: newest.signed.manifest.date },
        hash: newest.signed.hash,
      },
    }),
  };
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
  sizes: ReadonlyMap<string, number>,
  faults: ChainFault[],
): Promise<Link[]> {
  const links: Link[] = [];
  for (const [name, size] of sizes) {
    const number = manifestNumber(name);
    if (number === undefined) continue;
    try {
      if (size > longestManifest) throw new Error("it is too large for a manifest");
      links.push({ name, number, signed: readManifest(await textOf(view, name)) });
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
    if (manifest.number !== number || manifestName(manifest) !== tail(name))
      fault("reordered", `it calls itself ${manifestName(manifest)}`);
    if (number > expected) fault("gap", `the manifests from ${expected} to ${number - 1} are not there`);
    else if (number < expected) fault("extra", `there is another manifest with the number ${number}`);
    if (manifest.previous !== previous)
      fault("reordered", "it does not name the manifest before it by its hash");
    expected = number + 1;
    previous = hash;
  }
}

/** A name without the folders that the archive stands in. */
function tail(name: string): string {
  return name.slice(name.lastIndexOf("manifests/"));
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

async function checkFiles(
  named: readonly ManifestFile[],
  {
    view,
    sizes,
    vouched,
    faults,
  }: {
    readonly view: ArchiveView;
    readonly sizes: ReadonlyMap<string, number>;
    readonly vouched: Vouched;
    readonly faults: ChainFault[];
  },
): Promise<void> {
  const names = new Set<string>();
  for (const [index, { name, size, sha256 }] of named.entries()) {
    names.add(name);
    vouched.progress?.(index, named.length);
    const found = sizes.get(name);
    if (found === undefined) {
      faults.push({ what: "missing", name, detail: "a manifest names it, and it is not there" });
      continue;
    }
    const hash = found === size ? await hashOf(view, name) : undefined;
    if (hash === sha256) continue;
    const detail =
      found === size ? `its SHA-256 is ${hash}, and was ${sha256}` : `it has ${found} bytes, and had ${size}`;
    faults.push({ what: "edited", name, detail });
  }
  for (const name of sizes.keys())
    if (manifestNumber(name) === undefined && !names.has(name))
      faults.push({ what: "extra", name, detail: "no manifest names it" });
}

async function hashOf(view: ArchiveView, name: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const piece of view.read(name)) hash.update(piece);
  } catch (error) {
    return `not to be had: ${messageOf(error)}`;
  }
  return hash.digest("hex");
}

async function textOf(view: ArchiveView, name: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of view.read(name)) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
