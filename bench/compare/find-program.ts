import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where a program is: on PATH, or where administrators' programs are. Undefined where it is not. */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/sbin",
    "/usr/local/sbin",
    "/opt/fluent-bit/bin",
  ];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
