import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether files in the folder of temporary ones can be written past the system's cache (O_DIRECT). */
export function areDirect(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "direct-"));
  const { O_CREAT, O_WRONLY, O_DIRECT } = constants;
  try {
    if ((O_DIRECT as number | undefined) === undefined) return false;
    closeSync(openSync(join(folder, "file"), O_CREAT | O_WRONLY | O_DIRECT));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
