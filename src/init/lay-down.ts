import { dirname, join } from "node:path";
import { builtin } from "../builtin.ts";
import type { Placement } from "./placement.ts";

const { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } = builtin("node:fs");

/** To chown(2): whoever owns it. */
const ownerStays = -1;

/** What is written, and for whom. */
export interface LayDownOptions {
  readonly placement: Pick<Placement, "config" | "credentials" | "dropIn">;
  /** The text of the configuration. */
  readonly text: string;
  /** By the names of their files; those that are there already are not among them. */
  readonly secrets: ReadonlyMap<string, string>;
  /** What systemd has to be told, in lines of a drop-in. */
  readonly unit: readonly string[];
  /** The group of the service, which may read the configuration; undefined: nobody else may. */
  readonly group: number | undefined;
}

/**
 * Writes the secrets (0600, in a folder of 0700), what systemd needs to hand them over, and then the
 * configuration, so that a try that was cut off can be made again. Gives back the paths. Nothing that is
 * there is overwritten: throws what the system says (`EEXIST`).
 */
export function layDown({ placement, text, secrets, unit, group }: LayDownOptions): readonly string[] {
  const { config, credentials: folder, dropIn } = placement;
  made(dirname(config), 0o700, group);
  if (secrets.size > 0) made(folder, 0o700, undefined);
  const written: string[] = [];
  for (const [name, secret] of secrets) written.push(laid(join(folder, name), `${secret}\n`, 0o600));
  if (dropIn !== undefined && unit.length > 0 && !existsSync(dropIn)) {
    made(dirname(dropIn), 0o755, undefined);
    written.push(laid(dropIn, `[Service]\n${unit.join("\n")}\n`, 0o644));
  }
  written.push(laid(config, text, group === undefined ? 0o600 : 0o640));
  if (group !== undefined) chownSync(config, ownerStays, group);
  return written;
}

/**
 * A folder, with this mode whatever the umask leaves; for a group as systemd-tmpfiles makes it. One that is
 * there stays as it is.
 */
function made(folder: string, mode: number, group: number | undefined): void {
  if (mkdirSync(folder, { recursive: true, mode }) === undefined) return;
  if (group !== undefined) chownSync(folder, ownerStays, group);
  chmodSync(folder, group === undefined ? mode : 0o2750);
}

function laid(path: string, text: string, mode: number): string {
  writeFileSync(path, text, { flag: "wx", mode });
  // Whatever the umask leaves.
  chmodSync(path, mode);
  return path;
}
