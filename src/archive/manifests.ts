import type { ArchiveStore } from "./archive-store.ts";
import { longestManifest, manifestNumber, readManifest, type SignedManifest } from "./manifest.ts";

/** The manifests of an archive that can be read, by number. Rejects with what the store does. */
export async function readManifests(
  store: Pick<ArchiveStore, "list" | "read">,
  stop: AbortSignal,
): Promise<SignedManifest[]> {
  const found: SignedManifest[] = [];
  for await (const { name, size } of store.list("manifests/", stop)) {
    if (manifestNumber(name) === undefined || size > longestManifest) continue;
    const bytes = await store.read(name, stop);
    try {
      if (bytes !== undefined) found.push(readManifest(bytes.toString("utf8")));
    } catch {
      // The chain's check names it.
    }
  }
  return found.sort((a, b) => a.manifest.number - b.manifest.number);
}
