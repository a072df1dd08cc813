import type { ArchiveStore } from "./archive-store.ts";
import { directoryArchive } from "./directory/directory-archive.ts";
import type { ArchivePlace } from "./place.ts";

/** What an archive is opened with. */
export interface OpenArchiveOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Makes random GUIDs. */
  readonly guid: () => string;
}

/** The store at a place. Connects to nothing yet. */
export function openArchive({ directory }: ArchivePlace, options: OpenArchiveOptions): ArchiveStore {
  return directoryArchive({ directory, ...options });
}
