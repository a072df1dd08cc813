import { isPartGone, restartIt } from "./other-version.ts";
import { openFilesFix, raiseFileSize, raiseMachineFiles, raiseOpenFiles, systemCode } from "./system-code.ts";

const noRoom = "make room on the disk that it is about, or raise the quota there";
const noMemory =
  "give it more memory, or let it have more threads (MemoryMax=, TasksMax=, ulimit -v, ulimit -u)";
const badDisk = "see the kernel's log (dmesg) for the disk that it is about";
const noRight = "let the user of this program read and enter what it is about";

/** What the system refuses without any fault of the program, and what helps. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: noRoom,
  EDQUOT: noRoom,
  EFBIG: raiseFileSize,
  EROFS: "make the file system that it is about writable: see the kernel's log (dmesg) for why it is not",
  EIO: badDisk,
  ESTALE: badDisk,
  ENOMEM: noMemory,
  ERR_WORKER_INIT_FAILED: noMemory,
  EACCES: noRight,
  EPERM: noRight,
};

/** What helps where nothing of the program is wrong; undefined: it is a bug. */
export function remedyOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isPartGone(error)) return `a part of the program is gone or of another version: ${restartIt}`;
  const known = openFilesFix(error) ?? remedies[systemCode(error) ?? ""];
  if (known !== undefined) return known;
  // Node and SQLite say some of it in words alone.
  if (/too many open files/i.test(error.message)) return raiseOpenFiles;
  return /file table overflow/i.test(error.message) ? raiseMachineFiles : undefined;
}
