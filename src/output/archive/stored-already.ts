import type { ArchiveStore } from "../../archive/archive-store.ts";
import { lineDigest } from "../../archive/line-digest.ts";
import { dayFolder, dayOfName } from "../../archive/names.ts";
import { mostBytes, packingOf } from "../../archive/packing.ts";
import { sha256 } from "../../archive/sha256.ts";
import type { StoredFile } from "../../record/stored-file.ts";
import { digestOfUids, type PlannedFile } from "./plan.ts";

/** What a file holds that was read. */
export interface ReadFile {
  readonly file: StoredFile;
  /** What its records say (`lineDigest`), by their uids. */
  readonly said: ReadonlyMap<string, string>;
}

/** So many uids are remembered of files, then those of other days than are looked at are forgotten. */
const mostUids = 500_000;
const mostUseless = 10_000;

/**
 * What an archive has already of the days that are to be stored. Files are never changed, so each is read
 * once.
 */
export class StoredAlready {
  readonly #store: ArchiveStore;
  readonly #read = new Map<string, ReadFile>();
  /** Sizes of what is named as a file of records and is none: to find that out may take long. */
  readonly #useless = new Map<string, number>();
  #uids = 0;

  constructor(store: ArchiveStore) {
    this.#store = store;
  }

  /** Names of the files of a UTC day, with their sizes. */
  async filesOf(day: number, stop: AbortSignal): Promise<Map<string, number>> {
    const files: [string, number][] = [];
    for await (const { name, size } of this.#store.list(dayFolder(day), stop)) files.push([name, size]);
    return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /**
   * The file that holds these lines of a day as they were planned: told by its bytes, whatever can be read of
   * them now.
   */
  async asPlanned(
    day: number,
    planned: readonly PlannedFile[],
    lines: readonly { readonly uid: string }[],
    stop: AbortSignal,
  ): Promise<StoredFile | undefined> {
    const same = planned.find(({ name }) => dayOfName(name) === day);
    if (same === undefined || same.uids !== digestOfUids(lines.map(({ uid }) => uid))) return undefined;
    const bytes = await this.#store.read(same.name, stop);
    if (bytes === undefined || sha256(bytes) !== same.sha256) return undefined;
    return { name: same.name, day, size: bytes.length, sha256: same.sha256, records: lines.length };
  }

  /** What those of them hold that are files of records. */
  async read(
    day: number,
    files: Iterable<readonly [string, number]>,
    stop: AbortSignal,
  ): Promise<ReadFile[]> {
    const found: ReadFile[] = [];
    for (const [name, size] of files) {
      if (size > mostBytes || this.#useless.get(name) === size) continue;
      const known = this.#read.get(name) ?? (await this.#readOne(day, name, stop));
      if (known !== undefined) found.push(known);
    }
    return found;
  }

  async #readOne(day: number, name: string, stop: AbortSignal): Promise<ReadFile | undefined> {
    const packing = packingOf(name);
    const bytes = packing && (await this.#store.read(name, stop));
    if (packing === undefined || bytes === undefined) return undefined;
    await packing.ready();
    const lines = await packing.unpack(bytes).catch(() => undefined);
    // Whatever that is, none of our records can be said to be in it.
    if (lines === undefined) {
      if (this.#useless.size >= mostUseless) this.#useless.clear();
      this.#useless.set(name, bytes.length);
      return undefined;
    }
    const said = new Map<string, string>();
    for (const line of lines) {
      const digest = lineDigest(line);
      // Of two records under one uid nobody knows which is ours.
      said.set(line.uid, (said.get(line.uid) ?? digest) === digest ? digest : "");
    }
    const file = { name, day, size: bytes.length, sha256: sha256(bytes), records: lines.length };
    this.#keep({ file, said });
    return { file, said };
  }

  #keep(read: ReadFile): void {
    if (this.#uids + read.said.size > mostUids)
      for (const [name, { file, said }] of this.#read)
        if (file.day !== read.file.day) {
          this.#read.delete(name);
          this.#uids -= said.size;
        }
    this.#read.set(read.file.name, read);
    this.#uids += read.said.size;
  }
}
