import type { Stats } from "node:fs";
import { join } from "node:path";
import { builtin } from "../../builtin.ts";
import { chunkMemory } from "../chunk/chunk-memory.ts";
import { diskError } from "../disk-error.ts";
import { SpoolError } from "../spool-error.ts";
import { type StateFiles, syncDirectory } from "../state-directory.ts";
import { checksumOf, hasChecksum } from "./checksum.ts";
import { type DirectWrites, directWrites, startBehind } from "./direct-writes.ts";
import { isSame, statOf } from "./same-file.ts";
import type { End, SegmentPlace, Segments } from "./segments.ts";

const {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} = builtin("node:fs");

/** A segment that has so many bytes is followed by the next one: what is settled makes way by whole ones. */
const segmentBytes = 8 * 1024 * 1024;
/** As `pathOf` makes them: anything else is not ours. */
const nameForm = /^records-(\d{6}|[1-9]\d{6,14})$/;

/** The segments that lie in a state directory. */
export function segmentPaths(directory: string): readonly string[] {
  return numbersIn(directory).map((segment) => pathOf(directory, segment));
}

/** Which of these segments do not lie there. */
export function missingSegments(directory: string, wanted: readonly number[]): readonly number[] {
  const there = new Set(numbersIn(directory));
  return wanted.filter((segment) => !there.has(segment));
}

/** Moves them away under names that tell what and when. */
export function setAsideSegments(files: StateFiles, suffix: string): void {
  for (const path of segmentPaths(files.directory)) renameSync(path, `${path}.${suffix}`);
  syncDirectory(files);
}

/** Segments as files of the state directory. */
export function segmentFiles(files: StateFiles): Segments {
  return new SegmentFiles(files);
}

interface OpenFile {
  readonly segment: number;
  readonly descriptor: number;
}

interface WrittenFile extends OpenFile {
  /** Where the system can do that. */
  readonly direct: DirectWrites | undefined;
}

class SegmentFiles implements Segments {
  readonly #files: StateFiles;
  readonly #directory: Stats | undefined;
  #segment = 1;
  #end = 0;
  #written: WrittenFile | undefined;
  #read: OpenFile | undefined;
  #unsynced = false;
  /** A name that a power cut may take back. */
  #isNew = false;

  constructor(files: StateFiles) {
    this.#files = files;
    this.#directory = statOf(files.directory);
  }

  append(bytes: Uint8Array): SegmentPlace {
    return guarded(() => {
      const { length } = bytes;
      if (this.#end > 0 && startBehind(this.#end, length) + length > segmentBytes) this.#next();
      const { descriptor, direct } = this.#writable();
      const start = startBehind(this.#end, length);
      for (let from = direct?.write(bytes, start) ?? 0; from < length; )
        from += writeSync(descriptor, bytes, from, length - from, start + from);
      const place = { segment: this.#segment, start, size: length, crc: checksumOf(bytes) };
      this.#end = start + length;
      this.#unsynced = true;
      return place;
    });
  }

  sync(): void {
    if (!this.#unsynced || this.#written === undefined) return;
    const { descriptor } = this.#written;
    guarded(() => {
      fdatasyncSync(descriptor);
      if (this.#isNew) syncDirectory(this.#files);
    });
    this.#isNew = false;
    this.#unsynced = false;
  }

  read(place: SegmentPlace): Uint8Array<ArrayBuffer> | undefined {
    const found = this.found(place);
    return found.length === place.size && hasChecksum(found, place.crc) ? found : undefined;
  }

  found({ segment, start, size }: SegmentPlace): Uint8Array<ArrayBuffer> {
    try {
      const descriptor = this.#readable(segment);
      // A place that was changed on disk may be none.
      const there = start < 0 ? 0 : Math.max(0, Math.min(size, fstatSync(descriptor).size - start));
      const into = new Uint8Array(chunkMemory.take(there), 0, there);
      let length = 0;
      for (let more = 1; more > 0 && length < into.length; length += more)
        more = readSync(descriptor, into, length, into.length - length, start + length);
      return into.subarray(0, length);
    } catch (error) {
      // A file that is gone is as good as other bytes; a disk that fails may read them the next time.
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Uint8Array(0);
      throw diskError(error);
    }
  }

  goOnAt(end: End | undefined): void {
    const { segment, end: at } = end ?? { segment: this.#segment, end: 0 };
    if (segment !== this.#segment) this.#closeWritten();
    this.#closeRead((read) => read > segment || (end === undefined && read < segment));
    this.#segment = segment;
    this.#end = at;
    const { directory } = this.#files;
    if (this.#isMoved()) return;
    guarded(() => {
      for (const number of numbersIn(directory))
        if (number > segment || (end === undefined && number < segment))
          rmSync(pathOf(directory, number), { force: true });
        else if (number === segment) shorten(pathOf(directory, number), at);
    });
  }

  dropBefore(segment: number | undefined): void {
    if (segment === undefined && this.#end > 0) this.goOnAt(undefined);
    const first = Math.min(segment ?? this.#segment, this.#segment);
    this.#closeRead((read) => read < first);
    if (this.#isMoved()) return;
    const { directory } = this.#files;
    guarded(() => {
      for (const number of numbersIn(directory))
        if (number < first) rmSync(pathOf(directory, number), { force: true });
    });
  }

  displaced(): string | undefined {
    if (this.#written === undefined) return undefined;
    const path = pathOf(this.#files.directory, this.#segment);
    return isSame(statOf(path), fstatSync(this.#written.descriptor)) ? undefined : path;
  }

  close(): void {
    this.#closeWritten();
    this.#closeRead(() => true);
  }

  /** What has the name of the directory now is another state's, or nobody's. */
  #isMoved(): boolean {
    return !isSame(statOf(this.#files.directory), this.#directory);
  }

  #next(): void {
    this.sync();
    this.#closeWritten();
    this.#segment++;
    this.#end = 0;
  }

  #writable(): WrittenFile {
    if (this.#written !== undefined) return this.#written;
    if (this.#isMoved()) throw movedAway(this.#files.directory);
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
    const path = pathOf(this.#files.directory, this.#segment);
    const descriptor = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
    const direct = directWrites(path, descriptor);
    this.#written = { segment: this.#segment, descriptor, direct };
    this.#isNew = fstatSync(descriptor).size === 0;
    return this.#written;
  }

  #readable(segment: number): number {
    if (this.#written?.segment === segment) return this.#written.descriptor;
    if (this.#read?.segment === segment) return this.#read.descriptor;
    this.#closeRead(() => true);
    const path = pathOf(this.#files.directory, segment);
    this.#read = { segment, descriptor: openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW) };
    return this.#read.descriptor;
  }

  #closeRead(is: (segment: number) => boolean): void {
    if (this.#read === undefined || !is(this.#read.segment)) return;
    closeSync(this.#read.descriptor);
    this.#read = undefined;
  }

  #closeWritten(): void {
    this.#written?.direct?.close();
    if (this.#written !== undefined) closeSync(this.#written.descriptor);
    this.#written = undefined;
    this.#unsynced = false;
  }
}

function movedAway(directory: string): SpoolError {
  return new SpoolError(
    "displaced",
    `state_dir ${directory} was moved away while it was in use`,
    "leave it alone while the daemon runs",
  );
}

function pathOf(directory: string, segment: number): string {
  return join(directory, `records-${String(segment).padStart(6, "0")}`);
}

function numbersIn(directory: string): readonly number[] {
  return readdirSync(directory).flatMap((name) => {
    const number = nameForm.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** What was not committed gives its room back. */
function shorten(path: string, size: number): void {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    if (fstatSync(descriptor).size > size) ftruncateSync(descriptor, size);
  } finally {
    closeSync(descriptor);
  }
}

function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw diskError(error);
  }
}
