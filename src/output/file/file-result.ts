import { raiseFileSize, raiseMachineFiles, raiseOpenFiles, systemCode } from "../../system-code.ts";
import { excerpt } from "../../text/excerpt.ts";
import type { DeliveryReason, RetryResult } from "../output.ts";

/** Something about a file keeps it from being written, whatever the events are: a person has to look. */
export class FileTrouble extends Error {
  override readonly name = "FileTrouble";
  readonly reason: DeliveryReason;
  readonly fix: string;

  constructor(reason: DeliveryReason, message: string, fix: string) {
    super(message);
    this.reason = reason;
    this.fix = fix;
  }
}

interface Meaning {
  readonly reason: DeliveryReason;
  readonly words: string;
  readonly fix: string;
}

const mayNotWrite: Meaning = {
  reason: "forbidden",
  words: "the user that runs this program may not write there",
  fix: "give that user the folder (rwx, because files are made and renamed in it) and the file (rw); under systemd also name the folder: ReadWritePaths= or LogsDirectory= in a drop-in",
};
const notThere: Meaning = {
  reason: "not_found",
  words: "its folder is not there",
  fix: "make the folder, or mount what holds it: it is never made by this program, so that nothing is written beside a disk that is not mounted",
};
const noRoom: Meaning = {
  reason: "disk_full",
  words: "there is no room",
  fix: "make room on that disk or raise the quota; `rotate.keep` and `rotate.max_age` say how much stays",
};
const aLink: Meaning = {
  reason: "wrong_destination",
  words: "it is a symbolic link, which is not followed",
  fix: "write the path it leads to, and find out who made the link: whoever may write to the folder could lead events elsewhere",
};

const meanings: Readonly<Record<string, Meaning>> = {
  EACCES: mayNotWrite,
  EPERM: mayNotWrite,
  EROFS: {
    reason: "forbidden",
    words: "the file system is read-only",
    fix: "mount it for writing; under systemd name the folder: ReadWritePaths= or LogsDirectory= in a drop-in",
  },
  ENOENT: notThere,
  ENOTDIR: notThere,
  ENOSPC: noRoom,
  EDQUOT: noRoom,
  EFBIG: {
    reason: "disk_full",
    words: "the file may not grow further",
    fix: `${raiseFileSize}, or lower \`rotate.max_bytes\` below it`,
  },
  ELOOP: aLink,
  EMLINK: aLink,
  EMFILE: {
    reason: "disk_error",
    words: "this program has no room for another open file",
    fix: `${raiseOpenFiles}, then restart`,
  },
  ENFILE: {
    reason: "disk_error",
    words: "no further file can be opened",
    fix: raiseMachineFiles,
  },
  EISDIR: { reason: "wrong_destination", words: "it is a folder", fix: "name a file in it: `path`" },
};

/** What a failed call to the system means for the batch. Nothing is lost; a person has to look. */
export function fileFailure(path: string, error: unknown): RetryResult {
  const held = (reason: DeliveryReason, words: string, fix: string): RetryResult => ({
    ...{ status: "retry", hold: true, reason, detail: excerpt(words, 400), fix },
  });
  if (error instanceof FileTrouble) return held(error.reason, error.message, error.fix);
  const code: unknown = systemCode(error);
  if (typeof code !== "string") throw error;
  const known = meanings[code];
  if (known !== undefined) return held(known.reason, `${path}: ${known.words} (${code})`, known.fix);
  return held(
    "disk_error",
    `${path}: the system says ${code}`,
    "look at the disk or the network file system that holds it (dmesg, smartctl, mount)",
  );
}
