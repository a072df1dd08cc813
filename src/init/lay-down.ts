import { dirname, join } from "node:path";
import { builtin } from "../builtin.ts";
import type { Placement } from "./placement.ts";

const { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } = builtin("node:fs");

/** What is written, and for whom. */
export interface LayDownOptions {
  readonly placement: Pick<Placement, "config" | "credentials" | "dropIn">;
  /** The text of the configuration. */
  readonly text: string;
  /** By the names of their files; those that are there already are not among them. */
  readonly secrets: ReadonlyMap<string, string>;
  /** The files of the SIEM's secrets that systemd has to be told of. */
  readonly credentials: readonly string[];
  /** The group of the service, which may read the configuration; undefined: nobody else may. */
  readonly group: number | undefined;
}

/**
 * Writes the secrets (0600, in a folder of 0700), what systemd needs to hand them over, and then the
 * configuration, so that a try that was cut off can be made again. Gives back the paths. Nothing that is
 * there is overwritten: throws what the system says (`EEXIST`).
 */
export function layDown({ placement, text, secrets, credentials, group }: LayDownOptions): readonly string[] {
  const { config, credentials: folder, dropIn } = placement;
  mkdirSync(dirname(config), { recursive: true, mode: group === undefined ? 0o700 : 0o750 });
  if (secrets.size > 0) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  for (const [name, secret] of secrets) written.push(laid(join(folder, name), `${secret}\n`, 0o600));
  if (dropIn !== undefined && credentials.length > 0 && !existsSync(dropIn)) {
    mkdirSync(dirname(dropIn), { recursive: true, mode: 0o755 });
    const lines = credentials.map((name) => `LoadCredential=${name}:${join(folder, name)}\n`);
    written.push(laid(dropIn, `[Service]\n${lines.join("")}`, 0o644));
  }
  written.push(laid(config, text, group === undefined ? 0o600 : 0o640));
  if (group !== undefined) chownSync(config, 0, group);
  return written;
}

function laid(path: string, text: string, mode: number): string {
  writeFileSync(path, text, { flag: "wx", mode });
  // Whatever the umask leaves.
  chmodSync(path, mode);
  return path;
}
