import { createPublicKey, type KeyObject } from "node:crypto";
import type { ArchiveStore } from "./archive-store.ts";
import {
  fingerprintOf,
  longestManifest,
  type Manifest,
  manifestName,
  manifestNumber,
  readManifest,
  type SignedManifest,
  signedText,
} from "./manifest.ts";
import { sha256 } from "./sha256.ts";

/** The newest manifest that was written down here. */
export interface KnownHead {
  /** From 0. */
  readonly number: number;
  /** SHA-256 over its text. */
  readonly hash: string;
}

/** What a manifest says, but for its place in the chain. */
export type ManifestFacts = Pick<Manifest, "days" | "files" | "gaps" | "dead_letters">;

/** What a manifest is made of. */
export interface AttestingOptions {
  readonly store: ArchiveStore;
  /** Ed25519, private. */
  readonly key: KeyObject;
  /** As far as this program knows. */
  readonly known: KnownHead | undefined;
  /** What is not named yet by the manifests up to `known`; those behind it name `stored`. */
  readonly facts: (stored: readonly Manifest[]) => ManifestFacts;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A manifest that is in the archive. */
export interface WrittenManifest {
  readonly manifest: Manifest;
  /** SHA-256 over its text. */
  readonly hash: string;
  readonly fingerprint: string;
  /** Manifests that were in the archive behind the known one, oldest first. */
  readonly stored: readonly Manifest[];
  /** Why the archive is not as it was left; whoever has it must look. Absent: it is. */
  readonly warning?: string;
}

/**
 * Writes the next manifest of an archive, behind the newest that is there: where the archive is ahead of what
 * is known here, the chain goes on from it; where its end is gone or another one, from what is known, so that
 * it shows. Undefined: another manifest came between, look again. Rejects with what the store does.
 */
export async function attest(
  options: AttestingOptions,
  stop: AbortSignal,
): Promise<WrittenManifest | undefined> {
  const { store, key, known, facts, now } = options;
  const names = await manifestNames(store, stop);
  const tail = await tailOf(store, names, known, stop);
  const { last, recovered, stored, warning } = placeOf(tail, known, fingerprintOf(createPublicKey(key)));
  const written = new Date(now).toISOString();
  const manifest: Manifest = {
    version: 1,
    number: Math.max(last?.number ?? -1, names.at(-1)?.[0] ?? -1) + 1,
    date: written.slice(0, 10),
    written,
    previous: last?.hash ?? null,
    recovered: recovered ?? null,
    ...facts(stored),
  };
  const text = signedText(manifest, key);
  if ((await store.put(manifestName(manifest), Buffer.from(text), stop)) === "exists") return undefined;
  return {
    manifest,
    hash: sha256(text),
    fingerprint: fingerprintOf(createPublicKey(key)),
    stored,
    ...(warning !== undefined && { warning }),
  };
}

/** By number, ascending. */
async function manifestNames(store: ArchiveStore, stop: AbortSignal): Promise<readonly [number, string][]> {
  const found: [number, string][] = [];
  for await (const { name, size } of store.list("manifests/", stop)) {
    const number = manifestNumber(name);
    // Of one that is too large the number is taken all the same.
    if (number !== undefined) found.push([number, size > longestManifest ? "" : name]);
  }
  return found.sort(([a], [b]) => a - b);
}

/** The manifests from the known one on, or the newest alone where none is known. */
async function tailOf(
  store: ArchiveStore,
  names: readonly [number, string][],
  known: KnownHead | undefined,
  stop: AbortSignal,
): Promise<SignedManifest[]> {
  const wanted = known === undefined ? names.slice(-1) : names.filter(([number]) => number >= known.number);
  const tail: SignedManifest[] = [];
  for (const [, name] of wanted) {
    const bytes = name === "" ? undefined : await store.read(name, stop);
    const manifest = bytes && readable(bytes.toString("utf8"));
    if (manifest !== undefined) tail.push(manifest);
  }
  return tail;
}

function readable(text: string): SignedManifest | undefined {
  try {
    return readManifest(text);
  } catch {
    return undefined;
  }
}

interface Place {
  readonly last: KnownHead | undefined;
  readonly recovered?: string;
  readonly stored: readonly Manifest[];
  readonly warning?: string;
}

/** Where the next one goes. */
function placeOf(tail: readonly SignedManifest[], known: KnownHead | undefined, ours: string): Place {
  const newest = tail.at(-1);
  if (known === undefined) {
    if (newest === undefined) return { last: undefined, stored: [] };
    const { number } = newest.manifest;
    const recovered = `nothing was known here of a chain, and manifest ${number} is in the archive`;
    return {
      last: { number, hash: newest.hash },
      recovered,
      stored: [newest.manifest],
      ...otherKey(newest, ours),
    };
  }
  const at = tail.findIndex(({ hash }) => hash === known.hash);
  if (at === -1)
    return {
      last: known,
      stored: [],
      warning:
        newest === undefined || newest.manifest.number < known.number
          ? `manifest ${known.number} was written, and is not in the archive any more`
          : `manifest ${known.number} is not the one that was written`,
    };
  const behind = linked(tail.slice(at));
  const last = behind.at(-1);
  if (last === undefined) return { last: known, stored: [], ...unlinked(tail.length - at - 1, known.number) };
  const { number } = last.manifest;
  return {
    last: { number, hash: last.hash },
    recovered: `manifest ${number} is in the archive, and ${known.number} was the last that was known here: this program ended before it had noted that, or an older state was restored`,
    stored: behind.map(({ manifest }) => manifest),
    ...otherKey(last, ours),
  };
}

/** Those that follow the first one, each signed and naming the one before it. */
function linked([first, ...others]: readonly SignedManifest[]): SignedManifest[] {
  const found: SignedManifest[] = [];
  let before = first;
  for (const each of others) {
    if (!each.isSigned || each.manifest.previous !== before?.hash) break;
    found.push(each);
    before = each;
  }
  return found;
}

function unlinked(count: number, number: number): { readonly warning?: string } {
  return count === 0
    ? {}
    : { warning: `what is in the archive behind manifest ${number} does not follow it` };
}

function otherKey({ fingerprint }: SignedManifest, ours: string): { readonly warning?: string } {
  return fingerprint === ours
    ? {}
    : { warning: `the newest manifest is signed with the key ${fingerprint}, and this program has ${ours}` };
}
