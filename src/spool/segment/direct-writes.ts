import { builtin } from "../../builtin.ts";
import { kernelBytes, kernelPlaces } from "../../kernel/kernel.ts";
import { isSame } from "./same-file.ts";

const { closeSync, constants, fstatSync, openSync, writeSync } = builtin("node:fs");

/** What devices want places, lengths and memory to be multiples of, at most. */
const blockBytes = 4096;
/** Less is written faster into the cache. */
const worthBytes = 128 * 1024;
/** What systems say that cannot do it, with this file or with any. */
const unable = new Set(["EINVAL", "EOPNOTSUPP", "ENOTSUP"]);

/**
 * What is to be written goes through here, since nothing says where other memory begins: WebAssembly's begins
 * with a page. Whoever else writes there has taken away what he wrote before he comes back.
 */
const { keptAt, keptMost } = kernelPlaces;
const aligned = kernelBytes.subarray(keptAt, keptAt + keptMost);

/** Writes to a file past the cache of the system. */
export interface DirectWrites {
  /**
   * From `start` of the file on, and zeros behind it up to a multiple of 4 KiB. Gives back how many of the
   * bytes it has written: the rest is for others. Throws what the system does.
   */
  write(bytes: Uint8Array, start: number): number;
  close(): void;
}

/** As `writeSync` of node:fs. */
type Write = (descriptor: number, bytes: Uint8Array, from: number, length: number, start: number) => number;

/** Where so many bytes begin that lie behind `end`: large ones where they can be written past the cache. */
export function startBehind(end: number, bytes: number): number {
  return bytes < worthBytes ? end : wholeBlocks(end);
}

/**
 * Such writes (O_DIRECT, open(2)) to the file that is open as `descriptor`, where its system has them. What
 * goes to the cache is copied into memory that is new each time, which takes longer than all else about it,
 * for readers that have had it from our memory already.
 */
export function directWrites(
  path: string,
  descriptor: number,
  write: Write = writeSync,
): DirectWrites | undefined {
  const direct = openDirect(path);
  if (direct === undefined) return undefined;
  if (!isSame(fstatSync(direct), fstatSync(descriptor))) {
    closeSync(direct);
    return undefined;
  }
  let able = true;

  function writePart(part: Uint8Array, at: number): number {
    aligned.set(part);
    const length = wholeBlocks(part.length);
    aligned.fill(0, part.length, length);
    const written = unlessUnable(() => write(direct as number, aligned, 0, length, at));
    // Behind a part that has no room nothing begins where it would have to.
    able = written === length;
    return Math.min(written ?? 0, part.length);
  }

  return {
    write(bytes, start) {
      if (bytes.length < worthBytes || start % blockBytes !== 0) return 0;
      let from = 0;
      while (able && from < bytes.length)
        from += writePart(bytes.subarray(from, from + aligned.length), start + from);
      return from;
    },
    close: () => closeSync(direct),
  };
}

function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

/** The file is open already: whatever fails here leaves the other way. */
function openDirect(path: string): number | undefined {
  const { O_DIRECT, O_WRONLY, O_NOFOLLOW } = constants;
  // Not everywhere there is one.
  if ((O_DIRECT as number | undefined) === undefined) return undefined;
  try {
    return openSync(path, O_WRONLY | O_DIRECT | O_NOFOLLOW);
  } catch {
    return undefined;
  }
}

function unlessUnable(write: () => number): number | undefined {
  try {
    return write();
  } catch (error) {
    if (error instanceof Error && "code" in error && unable.has(String(error.code))) return undefined;
    throw error;
  }
}
