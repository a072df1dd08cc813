import type { ArchiveStore } from "./archive-store.ts";
import {
  longestManifest,
  type Manifest,
  manifestName,
  manifestNumber,
  readManifest,
  type SignedManifest,
} from "./manifest.ts";

/** Numbers and names; of what is too long to be read the name is empty. */
export type ManifestNames = readonly (readonly [number: number, name: string])[];

/** The newest manifest that was written down here. */
export interface KnownHead {
  /** From 0. */
  readonly number: number;
  /** SHA-256 over its text. */
  readonly hash: string;
}

/** The manifests of an archive, by number, ascending. */
export async function manifestNames(store: ArchiveStore, stop: AbortSignal): Promise<ManifestNames> {
  const found: [number, string][] = [];
  for await (const { name, size } of store.list("manifests/", stop)) {
    const number = manifestNumber(name);
    // Of one that is too large the number is taken all the same.
    if (number !== undefined) found.push([number, size > longestManifest ? "" : name]);
  }
  return found.sort(([a], [b]) => a - b);
}

/**
 * The number behind the last one that nothing has yet: what somebody puts there under a higher one leaves no
 * hole in the chain. Undefined: all are taken.
 */
export function freeNumber(last: number | undefined, names: ManifestNames): number | undefined {
  const taken = new Set(names.map(([number]) => number));
  let number = (last ?? -1) + 1;
  while (taken.has(number)) number++;
  return manifestNumber(manifestName({ number })) === undefined ? undefined : number;
}

/** A manifest that is in the archive. */
export interface Stored extends KnownHead {
  readonly fingerprint: string;
  /** Of one that is signed with our key: what another says is nothing that we have said. */
  readonly manifest: Manifest | undefined;
}

/** What is in an archive from the known manifest on; where none is known, what its end is. */
export interface ChainEnd {
  /** The known one is there, as it was written. */
  readonly hasKnown: boolean;
  /** Those that follow it, oldest first. */
  readonly behind: readonly Stored[];
  /** There are others that do not. */
  readonly isLoose: boolean;
  /** Of the newest that can be read. */
  readonly newest: number | undefined;
}

/** Each is read and let go: there may be many, and long ones, of whoever may write there. */
export async function tailOf(
  store: ArchiveStore,
  names: ManifestNames,
  { known, ours }: { readonly known: KnownHead; readonly ours: string },
  stop: AbortSignal,
): Promise<ChainEnd> {
  const behind: Stored[] = [];
  let before: KnownHead | undefined;
  let isLoose = false;
  let newest: number | undefined;
  for (const [number, name] of names.filter(([each]) => each >= known.number)) {
    const found = await readAt(store, name, stop);
    if (found === undefined) continue;
    newest = number;
    if (before === undefined) {
      if (found.hash === known.hash) before = { number, hash: found.hash };
    } else if (!isLoose && follows(found, number, before, ours)) {
      before = { number, hash: found.hash };
      behind.push(storedOf(found, number, ours));
    } else isLoose = true;
  }
  return { hasKnown: before !== undefined, behind, isLoose, newest };
}

/** Signed, and names the one before it. One with another key stands right behind it. */
function follows(
  { isSigned, manifest: { previous }, fingerprint }: SignedManifest,
  number: number,
  before: KnownHead,
  ours: string,
): boolean {
  return isSigned && previous === before.hash && (fingerprint === ours || number === before.number + 1);
}

/**
 * The newest that is signed, and with our key or right behind another; or else the newest that can be read.
 * One far behind all others is no end: whoever may write there can put it at the highest number.
 */
export async function endOf(
  store: ArchiveStore,
  names: ManifestNames,
  ours: string,
  stop: AbortSignal,
): Promise<ChainEnd> {
  const taken = new Set(names.map(([number]) => number));
  let end: Stored | undefined;
  let newest: number | undefined;
  for (const [number, name] of names.toReversed()) {
    const found = await readAt(store, name, stop);
    if (found === undefined) continue;
    newest ??= number;
    end ??= storedOf(found, number, ours);
    const stands = found.fingerprint === ours || number === 0 || taken.has(number - 1);
    if (!found.isSigned || !stands) continue;
    end = storedOf(found, number, ours);
    break;
  }
  const isLoose = end?.number !== newest;
  return { hasKnown: false, behind: end === undefined ? [] : [end], isLoose, newest };
}

function storedOf({ hash, fingerprint, isSigned, manifest }: SignedManifest, number: number, ours: string) {
  return { number, hash, fingerprint, manifest: isSigned && fingerprint === ours ? manifest : undefined };
}

async function readAt(
  store: ArchiveStore,
  name: string,
  stop: AbortSignal,
): Promise<SignedManifest | undefined> {
  const bytes = name === "" ? undefined : await store.read(name, stop);
  return bytes && readable(bytes.toString("utf8"));
}

function readable(text: string): SignedManifest | undefined {
  try {
    return readManifest(text);
  } catch {
    return undefined;
  }
}
