import type { ArchiveStore } from "./archive-store.ts";

/** What of an archive is looked at. */
export type ArchiveView = Pick<ArchiveStore, "list" | "read">;

/** A file that was listed. Rejects with what the store does, or where it is not there any more. */
export async function bytesIn(view: ArchiveView, name: string, stop: AbortSignal): Promise<Buffer> {
  const bytes = await view.read(name, stop);
  if (bytes === undefined) throw new Error("it is not there any more");
  return bytes;
}
