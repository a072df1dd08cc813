import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What Debian and the packages call a machine, and what Node does. */
export const architectures = { amd64: "x64", arm64: "arm64" } as const;
export type Architecture = keyof typeof architectures;

/** What package-lock.json says of a place in node_modules. */
interface Locked {
  readonly version: string;
  readonly integrity: string;
}

/**
 * The file of Node for this machine: of the package that `npm ci` brought, or, for another machine than this one, of the
 * package that the lock file names. Throws where that has another hash.
 */
export function nodeBinary(architecture: Architecture, root: string, work: string): string {
  const name = `node-linux-${architectures[architecture]}`;
  const installed = join(root, "node_modules", name, "bin/node");
  if (existsSync(installed)) return installed;
  const { version, integrity } = lockedAs(name, root);
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  const npm = (...args: string[]) => execFileSync("npm", args, { cwd: root, encoding: "utf8" });
  const [packed] = JSON.parse(npm("pack", `${name}@${version}`, "--json", "--pack-destination", folder));
  const tarball = join(folder, packed.filename);
  const [algorithm = "", expected] = integrity.split(/-(.*)/s);
  if (createHash(algorithm).update(readFileSync(tarball)).digest("base64") !== expected)
    throw new Error(`${name}@${version} is not what package-lock.json says`);
  execFileSync("tar", ["-xzf", tarball, "-C", folder, "package/bin/node"]);
  return join(folder, "package/bin/node");
}

/** What the lock file says of a package. */
function lockedAs(name: string, root: string): Locked {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return lock.packages[`node_modules/${name}`] as Locked;
}
