import { constants } from "node:os";

/** Of a process: for a service (systemd.exec(5)), and in a shell. */
export const raiseOpenFiles = "raise the limit of open files (LimitNOFILE=, ulimit -n)";
/** Of the whole machine: it counts at once. */
export const raiseMachineFiles =
  "this machine has no room for another open file: raise fs.file-max (sysctl), or find what holds so many (lsof)";
/** Of a process as RLIMIT_FSIZE. */
export const raiseFileSize = "raise the limit on the size of files (LimitFSIZE=, ulimit -f)";

/**
 * The system's name of what an error is about; undefined where it is no error of the system. Node has no name
 * for a quota that is used up, and tells its number alone.
 */
export function systemCode(error: unknown): string | undefined {
  const { code, errno } = error as NodeJS.ErrnoException;
  return errno === -constants.errno.EDQUOT ? "EDQUOT" : code;
}

/** Whether a disk is full, or the quota on it used up. */
export function hasNoRoom(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

/**
 * What helps where the process, or the whole machine, may open no further file; undefined where an error is
 * about neither.
 */
export function openFilesFix(error: unknown): string | undefined {
  const code = systemCode(error);
  if (code === "EMFILE") return raiseOpenFiles;
  return code === "ENFILE" ? raiseMachineFiles : undefined;
}
