import { dirname, join } from "node:path";
import { builtin } from "../builtin.ts";
import { mustBeOurs } from "./folder.ts";
import type { Placement } from "./placement.ts";

const { closeSync, constants, existsSync, fchmodSync, fchownSync, mkdirSync, openSync, writeFileSync } =
  builtin("node:fs");

/** What is written, and for whom. */
export interface LayDownOptions {
  readonly placement: Pick<Placement, "config" | "credentials" | "dropIn">;
  /** The text of the configuration. */
  readonly text: string;
  /** By the names of their files; those that are there already are not among them. */
  readonly secrets: ReadonlyMap<string, string>;
  /** What the unit of the service lacks. */
  readonly unitLines: readonly string[];
  /** The group of the service, which may read the configuration; undefined: nobody else may. */
  readonly group: number | undefined;
  /** Who writes it. */
  readonly user: number | undefined;
}

/**
 * Writes the secrets (0600, in a folder of 0700), what systemd needs to hand them over, and then the
 * configuration, so that a try that was cut off can be made again. Gives back the paths. Nothing that is
 * there is overwritten: throws what the system says (`EEXIST`). Throws InitError where others may write.
 */
export function layDown({
  placement,
  text,
  secrets,
  unitLines,
  group,
  user,
}: LayDownOptions): readonly string[] {
  const { config, credentials: folder, dropIn } = placement;
  made(dirname(config), group === undefined ? 0o700 : 0o750, user, group);
  if (secrets.size > 0) made(folder, 0o700, user);
  const written: string[] = [];
  for (const [name, secret] of secrets) written.push(laid(join(folder, name), `${secret}\n`, 0o600));
  if (dropIn !== undefined && unitLines.length > 0 && !existsSync(dropIn)) {
    made(dirname(dropIn), 0o755, user);
    written.push(laid(dropIn, `[Service]\n${unitLines.join("\n")}\n`, 0o644));
  }
  written.push(laid(config, text, group === undefined ? 0o600 : 0o640, group));
  return written;
}

/** Whatever the umask leaves; one that was there is left as it is. */
function made(folder: string, mode: number, user: number | undefined, group?: number): void {
  const isNew = mkdirSync(folder, { recursive: true, mode }) !== undefined;
  mustBeOurs(folder, user);
  if (isNew) permit(openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY), mode, group);
}

function laid(path: string, text: string, mode: number, group?: number): string {
  const descriptor = openSync(path, "wx", mode & 0o600);
  permit(descriptor, mode, group, text);
  return path;
}

/** By the descriptor: what a path names may be another file by now. */
function permit(descriptor: number, mode: number, group: number | undefined, text?: string): void {
  try {
    if (group !== undefined) fchownSync(descriptor, -1, group);
    fchmodSync(descriptor, mode);
    if (text !== undefined) writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
