import { builtin } from "../../builtin.ts";
import type { Clock } from "../../time/clock.ts";
import type { DeliveredResult } from "../output.ts";
import { FileTrouble } from "./file-result.ts";
import { nothingLeft, type Remainder, remainderOf } from "./leftover.ts";
import {
  checkFile,
  type FilePlace,
  fileId,
  foundAt,
  madeFile,
  type OpenFile,
  openFile,
  readBetween,
} from "./open-file.ts";
import { type Rotation, removeOld, rotatedName, rotationDue } from "./rotation.ts";
import { isTestLine } from "./test-line.ts";

const { promises } = builtin("node:fs");

/** What files are written with. */
export interface FileWriterOptions extends FilePlace {
  readonly rotation: Rotation;
  readonly clock: Clock;
}

/** After so many batches in a row of which nothing was there, nobody looks any more. */
const batchesLookedFor = 16;

/** The file as it is in use. */
interface InUse extends OpenFile {
  size: number;
  writtenAt: number;
  leftover: OpenFile["leftover"];
  /** Batches in a row of which nothing was there. */
  strangers: number;
}

/** Writes batches to the end of a file that is rotated. One call at a time. */
export class FileWriter {
  readonly #options: FileWriterOptions;
  #file: InUse | undefined;
  /** There may be one rotated file too many. */
  #rotated = false;

  constructor(options: FileWriterOptions) {
    this.#options = options;
  }

  /**
   * On disk when it resolves, and under its name. Rejects with FileTrouble, or what the system says: then any
   * beginning of the batch may be there, and the next call goes on behind it.
   */
  async append(batch: Buffer): Promise<DeliveredResult> {
    try {
      const { file, warning } = await this.#current();
      const { half } = file.leftover;
      const remainder = remainderOf(batch, file.leftover);
      await this.#write(file, remainder.rest);
      const target = await this.#roomFor(file, remainder);
      // First, because a full disk takes the batch only in the place of what goes.
      const pruned = await this.#pruned();
      await this.#write(target, remainder.lines);
      const written = remainder.rest.length + remainder.lines.length > 0;
      if (written && !(await this.#hasName(target))) {
        // Who gave the file away may have read it to its end before.
        await this.forget();
        return await this.append(batch);
      }
      target.strangers = remainder.found > 0 ? 0 : target.strangers + 1;
      target.leftover = {
        lines: target.strangers < batchesLookedFor ? target.leftover.lines : nothingLeft().lines,
        half: written ? nothingLeft().half : half,
      };
      const warnings = [warning, pruned].filter((text) => text !== undefined);
      return {
        status: "delivered",
        rejected: [],
        ...(warnings.length > 0 && { warning: warnings.join("; ") }),
      };
    } catch (error) {
      await this.forget();
      await this.#pruned();
      throw error;
    }
  }

  /** What is in the file is looked at anew before the next batch. */
  async forget(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    // What was written is on disk or counts as not written: a close that fails changes neither.
    await file?.handle.close().catch(() => {});
  }

  async #write(file: InUse, bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    for (let at = 0; at < bytes.length; )
      at += (await file.handle.write(bytes, at, bytes.length - at)).bytesWritten;
    await file.handle.datasync();
    file.size += bytes.length;
    file.writtenAt = this.#options.clock.now();
  }

  /** Where others rotate, the name may lead elsewhere by now. */
  async #hasName({ id }: InUse): Promise<boolean> {
    const { path, rotation } = this.#options;
    if (rotation.ours) return true;
    const now = await foundAt(path);
    return now !== undefined && fileId(now) === id;
  }

  /** The file that has the name now. */
  async #current(): Promise<{ readonly file: InUse; readonly warning?: string }> {
    const known = this.#file;
    if (known === undefined) return { file: await this.#opened() };
    const { path, rotation } = this.#options;
    const now = await foundAt(path);
    if (now !== undefined) checkFile(this.#options, now);
    const same = now !== undefined && fileId(now) === known.id;
    if (same && now.size === known.size) return { file: known };
    const { nlink, size } = await known.handle.stat();
    if (same && size === known.size) return { file: known };
    if (same && size > known.size && (await areTests(path, known.size, size))) {
      known.size = size;
      return { file: known };
    }
    const words = whatHappened({ same, nlink, grown: size - known.size });
    if (!rotation.ours && !same) {
      await this.forget();
      return { file: await this.#opened() };
    }
    if (!rotation.ours && size < known.size) {
      known.size = size;
      return {
        file: known,
        warning: `${path}: ${words}. What was written between the copy and the cut is lost: let logrotate use \`create\`, not \`copytruncate\``,
      };
    }
    throw new FileTrouble("file_changed", `${path}: ${words}`, changedFix);
  }

  async #opened(): Promise<InUse> {
    this.#rotated = true;
    const file = { ...(await openFile(this.#options)), strangers: 0 };
    this.#file = file;
    return file;
  }

  /** The file, or a new one where its time is over, or a half line at its end is of another event. */
  async #roomFor(file: InUse, { stuck, lines }: Remainder): Promise<InUse> {
    const { path, rotation, clock } = this.#options;
    if (lines.length === 0) return file;
    if (!stuck && !rotationDue(rotation, file, lines.length, clock.now())) return file;
    await file.handle.sync();
    await promises.rename(path, await rotatedName(path, clock.now()));
    this.#rotated = true;
    const { strangers, leftover } = file;
    await this.forget();
    const fresh = { ...(await madeFile(this.#options)), begunAt: clock.now(), strangers, leftover };
    this.#file = fresh;
    return fresh;
  }

  async #pruned(): Promise<string | undefined> {
    if (!this.#rotated) return undefined;
    this.#rotated = false;
    const { rotation, clock } = this.#options;
    return removeOld(this.#options, rotation, clock.now());
  }
}

const changedFix =
  "find out who did it: lines that a reader had not read yet may be gone. A new file is begun with the next try. Where logrotate or the like is to rotate, say so: `rotate: { by: others }`";

function whatHappened(now: {
  readonly same: boolean;
  readonly nlink: number;
  readonly grown: number;
}): string {
  if (!now.same) return `somebody else ${now.nlink === 0 ? "removed" : "renamed"} the file`;
  const bytes = Math.abs(now.grown);
  return now.grown < 0
    ? `somebody else cut ${bytes} bytes off the file`
    : `somebody else wrote ${bytes} bytes to the file`;
}

const mostTestBytes = 1024 * 1024;

/** Whether what came between two lengths are test events, which `check` writes while the daemon runs. */
async function areTests(path: string, from: number, to: number): Promise<boolean> {
  if (to - from > mostTestBytes) return false;
  const lines = (await readBetween(path, from, to)).toString("utf8").split("\n");
  return lines.pop() === "" && lines.every(isTestLine);
}
