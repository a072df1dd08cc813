import type { FoundFile } from "./archive-store.ts";
import { type ArchiveView, bytesIn } from "./archive-view.ts";
import type { ChainFault } from "./chain-fault.ts";
import {
  longestManifest,
  type ManifestFile,
  manifestName,
  manifestNumber,
  readManifest,
  type SignedManifest,
} from "./manifest.ts";

/** A manifest where it stands, without what it names: there may be thousands. */
export interface ChainLink {
  readonly name: string;
  /** By its name, and by what it says. */
  readonly number: number;
  readonly ownNumber: number;
  readonly date: string;
  /** Epoch milliseconds. */
  readonly writtenAt: number;
  readonly hash: string;
  readonly fingerprint: string;
}

/** The manifests of an archive that can be read, by number, and what they name, each file once. */
export interface Chain {
  readonly links: readonly ChainLink[];
  readonly named: ReadonlyMap<string, ManifestFile>;
}

/** Where faults go, and who looks on. */
export interface ReadingChain {
  readonly stop: AbortSignal;
  readonly faults: ChainFault[];
  readonly each: ((signed: SignedManifest) => void) | undefined;
}

/** Reads every manifest and looks at its signature and its place. What is no name of one is left alone. */
export async function readChain(
  view: ArchiveView,
  files: readonly FoundFile[],
  { stop, faults, each }: ReadingChain,
): Promise<Chain> {
  const links: ChainLink[] = [];
  const named = new Map<string, ManifestFile>();
  let before: ChainLink | undefined;
  for (const { name, size, number } of manifestsAmong(files)) {
    try {
      if (size > longestManifest) throw new Error("it is too large for a manifest");
      const signed = readManifest((await bytesIn(view, name, stop)).toString("utf8"));
      faults.push(...faultsOf(signed, { name, number }, before));
      each?.(signed);
      // Two manifests may name a file, of two forwarders, or of one and its older state.
      for (const file of signed.manifest.files)
        named.set(JSON.stringify([file.name, file.size, file.sha256]), file);
      before = linkOf(signed, { name, number });
      links.push(before);
    } catch (error) {
      stop.throwIfAborted();
      faults.push({ what: "edited", name, detail: error instanceof Error ? error.message : String(error) });
    }
  }
  return { links, named };
}

function manifestsAmong(files: readonly FoundFile[]) {
  return files
    .flatMap(({ name, size }) => {
      const number = manifestNumber(name);
      return number === undefined ? [] : [{ name, size, number }];
    })
    .sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
}

interface Place {
  readonly name: string;
  readonly number: number;
}

function linkOf({ manifest, hash, fingerprint }: SignedManifest, place: Place): ChainLink {
  const { number: ownNumber, date, written } = manifest;
  return { ...place, ownNumber, date, writtenAt: Date.parse(written), hash, fingerprint };
}

function faultsOf(
  { manifest, isSigned }: SignedManifest,
  { name, number }: Place,
  before: ChainLink | undefined,
): ChainFault[] {
  const faults: ChainFault[] = [];
  const fault = (what: ChainFault["what"], detail: string) => faults.push({ what, name, detail });
  const expected = (before?.number ?? -1) + 1;
  if (!isSigned) fault("unsigned", "its signature is not that of its first line");
  if (manifestName(manifest) !== name) fault("reordered", `it calls itself ${manifestName(manifest)}`);
  if (number > expected) fault("gap", `the manifests from ${expected} to ${number - 1} are not there`);
  else if (number < expected) fault("extra", `there is another manifest with the number ${number}`);
  if (manifest.previous !== (before?.hash ?? null))
    fault("reordered", "it does not name the manifest before it by its hash");
  return faults;
}
