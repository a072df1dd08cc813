import type { FoundFile } from "./archive-store.ts";
import type { ArchiveView } from "./archive-view.ts";
import type { ChainFault } from "./chain-fault.ts";
import { readChain } from "./chain-links.ts";

/** What manifests vouch for. */
export interface AttestedFiles {
  /** SHA-256 by the names of files; of two manifests the newer one counts. */
  readonly hashes: ReadonlyMap<string, string>;
  /** What is wrong with the manifests themselves. */
  readonly faults: readonly ChainFault[];
}

/**
 * The files that signed manifests name, of `keys` where they are given. Rejects where the archive cannot be
 * listed.
 */
export async function attestedFiles(
  view: ArchiveView,
  keys: readonly string[] | undefined,
  stop: AbortSignal,
): Promise<AttestedFiles> {
  const manifests: FoundFile[] = [];
  for await (const file of view.list("manifests/", stop)) manifests.push(file);
  const hashes = new Map<string, string>();
  const faults: ChainFault[] = [];
  await readChain(view, manifests, {
    ...{ stop, faults },
    each({ manifest, isSigned, fingerprint }) {
      if (!isSigned || keys?.includes(fingerprint) === false) return;
      for (const { name, sha256 } of manifest.files) hashes.set(name, sha256);
    },
  });
  return { hashes, faults };
}
