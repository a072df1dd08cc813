import { createPublicKey, type KeyObject } from "node:crypto";
import type { ArchiveStore } from "./archive-store.ts";
import {
  type ChainEnd,
  endOf,
  freeNumber,
  type KnownHead,
  manifestNames,
  type Stored,
  tailOf,
} from "./chain-end.ts";
import { fingerprintOf, type Manifest, manifestName, signedText } from "./manifest.ts";
import { sha256 } from "./sha256.ts";

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
  /** Manifests of ours that were in the archive behind the known one, oldest first. */
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
  const ours = fingerprintOf(createPublicKey(key));
  const tail =
    known === undefined
      ? await endOf(store, names, ours, stop)
      : await tailOf(store, names, { known, ours }, stop);
  const { last, recovered, stored, warning } = placeOf(tail, known, ours);
  const number = freeNumber(last?.number, names);
  if (number === undefined) return undefined;
  const written = new Date(now).toISOString();
  const manifest: Manifest = {
    version: 1,
    number,
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
    fingerprint: ours,
    stored,
    ...(warning !== undefined && { warning }),
  };
}

interface Place {
  readonly last: KnownHead | undefined;
  readonly recovered?: string;
  readonly stored: readonly Manifest[];
  readonly warning?: string;
}

/** Where the next one goes. */
function placeOf(
  { hasKnown, behind, isLoose, newest }: ChainEnd,
  known: KnownHead | undefined,
  ours: string,
): Place {
  const last = behind.at(-1);
  const stored = behind.flatMap(({ manifest }) => manifest ?? []);
  if (known === undefined) {
    if (last === undefined) return { last, stored };
    const recovered = `nothing was known here of a chain, and manifest ${last.number} is in the archive`;
    return {
      ...{ last, recovered, stored },
      ...otherKey(last, ours),
      ...(isLoose && {
        warning: `manifest ${newest} is in the archive, and follows nothing that is signed there`,
      }),
    };
  }
  if (!hasKnown)
    return {
      last: known,
      stored: [],
      warning:
        newest === undefined || newest < known.number
          ? `manifest ${known.number} was written, and is not in the archive any more`
          : `manifest ${known.number} is not the one that was written`,
    };
  if (last === undefined)
    return {
      last: known,
      stored,
      ...(isLoose && {
        warning: `what is in the archive behind manifest ${known.number} does not follow it`,
      }),
    };
  return {
    last,
    recovered: `manifest ${last.number} is in the archive, and ${known.number} was the last that was known here: this program ended or waited no longer before it had noted that, or an older state was restored`,
    stored,
    ...otherKey(last, ours),
  };
}

function otherKey({ fingerprint }: Stored, ours: string): { readonly warning?: string } {
  return fingerprint === ours
    ? {}
    : { warning: `the newest manifest is signed with the key ${fingerprint}, and this program has ${ours}` };
}
