import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";

/**
 * What the kubelet does to a volume at a mount when the pod has an `fsGroup` (SetVolumeOwnership of
 * pkg/volume/volume_linux.go): the group is given to everything, which may be read and written by it, folders
 * entered too, with the set-group-ID bit; links are left as they are. Secrets are read-only volumes.
 */
export function loosenAsKubelet(
  path: string,
  gid: number,
  volume: "writable" | "read-only" = "writable",
): void {
  const found = lstatSync(path);
  lchownSync(path, found.uid, gid);
  if (found.isSymbolicLink()) return;
  const bits = volume === "writable" ? 0o660 : 0o440;
  const added = found.isDirectory() ? bits | 0o2110 : bits;
  chmodSync(path, (found.mode & 0o7777) | added);
  if (found.isDirectory())
    for (const name of readdirSync(path)) loosenAsKubelet(join(path, name), gid, volume);
}

/**
 * A secret volume as the kubelet's atomic writer lays it out: `token` leads through `..data` to a folder with a
 * time in its name.
 */
export function secretVolume(folder: string, files: Readonly<Record<string, string>>, mode: number): void {
  chmodSync(folder, 0o1777);
  symlinkSync(stamped(folder, files, mode), join(folder, "..data"));
  for (const name of Object.keys(files)) symlinkSync(join("..data", name), join(folder, name));
}

/** A changed secret: a new folder, `..data` led there in one step, the old folder gone. */
export function rotateSecret(
  folder: string,
  files: Readonly<Record<string, string>>,
  { gid, mode }: { readonly gid: number; readonly mode: number },
): void {
  const before = readlinkSync(join(folder, "..data"));
  const now = stamped(folder, files, mode);
  loosenAsKubelet(join(folder, now), gid, "read-only");
  symlinkSync(now, join(folder, "..data_tmp"));
  renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
  rmSync(join(folder, before), { recursive: true });
}

function stamped(folder: string, files: Readonly<Record<string, string>>, mode: number): string {
  const name = basename(mkdtempSync(join(folder, "..2026_08_01_10_11_12.")));
  chmodSync(join(folder, name), 0o755);
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(folder, name, file), text);
    chmodSync(join(folder, name, file), mode);
  }
  return name;
}
