import { raiseFileSize, raiseMachineFiles, raiseOpenFiles, systemCode } from "../../system-code.ts";
import { StoreError, type StoreReason } from "../archive-store.ts";

type Known = readonly [reason: StoreReason, text: string, fix: string, hold: boolean];

const missing: Known = [
  "not_found",
  "is not there",
  "make it, mount what should be there, or correct url",
  true,
];
const denied: Known = [
  "forbidden",
  "may not be used by this user",
  "give the user that runs this program read and write rights there",
  true,
];
const full: Known = ["disk_full", "has no room left", "make room, or archive to a larger one", false];

const noMoreFiles = (fix: string): Known => [
  ...(["disk_error", "cannot be used, as no further file can be opened", fix, false] as const),
];

const known: Readonly<Record<string, Known>> = {
  ENOENT: missing,
  ENOTDIR: [
    "configuration",
    "or a folder in it is no directory",
    "correct url, or move away what is there",
    true,
  ],
  EACCES: denied,
  EPERM: denied,
  EROFS: ["configuration", "is mounted read-only", "mount it for writing", true],
  EMFILE: noMoreFiles(`${raiseOpenFiles}, then restart`),
  ENFILE: noMoreFiles(raiseMachineFiles),
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: [
    "disk_full",
    "takes no file of this size",
    `${raiseFileSize}, or lower \`batch.max_bytes\` of the output below it`,
    false,
  ],
  ENOTSUP: [
    "configuration",
    "cannot hold two names for a file",
    "use a file system that has hard links",
    true,
  ],
  EOPNOTSUPP: [
    "configuration",
    "cannot hold two names for a file",
    "use a file system that has hard links",
    true,
  ],
};

/** What the system says, sorted. What is no error of the system comes back as it is. */
export function directoryFault(directory: string, error: unknown): unknown {
  if (error instanceof StoreError) return error;
  const code = systemCode(error);
  if (code === undefined) return error;
  const [reason, text, fix, hold] = known[code] ?? [
    ...(["disk_error", "fails", "look at the disk or the network file system (dmesg)", false] as const),
  ];
  return new StoreError(reason, `${directory} ${text} (${code}: ${(error as Error).message})`, fix, {
    hold,
    cause: error,
  });
}
