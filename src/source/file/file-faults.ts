import { openFilesFix } from "../../system-code.ts";
import { VolumeError } from "../stored-log/volume.ts";

/** The error for what the system says of a file or a folder. */
export function fileFault(name: string, error: unknown): VolumeError {
  const code = String((error as { readonly code?: unknown }).code ?? "unknown");
  if (code === "EACCES" || code === "EPERM")
    return new VolumeError(name, "round", {
      reason: "forbidden",
      message: `${name}: the user that runs this program may not read it`,
      fix: "let that user read it, and pass every folder above it: by its group, or with setfacl -m u:USER:r (folders: rx); under systemd see also ReadOnlyPaths and ProtectHome",
    });
  if (code === "ENOENT" || code === "ENOTDIR")
    return new VolumeError(name, "round", {
      reason: "nothing_there",
      message: `${name} is not there`,
      fix: "it is looked for with every poll: put it there, or correct path",
    });
  const files = openFilesFix(error);
  if (files !== undefined)
    return new VolumeError(name, "round", {
      reason: "server_error",
      message: `${name} cannot be read: no further file can be opened (${code})`,
      fix: files,
    });
  return new VolumeError(name, "round", {
    reason: "server_error",
    message: `${name} cannot be read: ${code}`,
    fix: "look at the disk or the network file system that holds it",
  });
}

/** The error for a pattern without a file. */
export function nothingMatches(path: string): VolumeError {
  return new VolumeError(path, "round", {
    reason: "nothing_there",
    message: `no file matches ${path}`,
    fix: "it is looked for with every poll: put files there, or correct path",
  });
}

/** The error for a path that leads to no regular file. */
export function notAFile(path: string, isFolder: boolean): VolumeError {
  return new VolumeError(path, "round", {
    reason: "not_a_file",
    message: `${path} is ${isFolder ? "a folder" : "no regular file"}`,
    fix: isFolder
      ? `name the files in it: path: ${path.replace(/\/+$/, "")}/*.ndjson`
      : "a pipe is read from standard input: path: -",
  });
}
