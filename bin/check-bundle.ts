import { readFileSync } from "node:fs";
import process from "node:process";

/**
 * Before the package is packed, in its folder: what goes into it from node_modules has to be what package-lock.json says,
 * version and hash, and nothing else. npm keeps a list of what it put there, after it compared the hashes.
 */
interface Place {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

/** Path in node_modules and what is there, of everything that the program needs at run time. */
function placesIn(file: string): Map<string, string> {
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Place> };
  const places = Object.entries(packages).filter(
    ([path, { dev, link }]) => path.startsWith("node_modules/") && dev !== true && link !== true,
  );
  return new Map(places.map(([path, { version, integrity }]) => [path, `${version} ${integrity}`]));
}

const locked = placesIn("package-lock.json");
const here = placesIn("node_modules/.package-lock.json");
const different = [...new Set([...locked.keys(), ...here.keys()])].filter(
  (path) => locked.get(path) !== here.get(path),
);
if (different.length > 0) {
  process.stderr.write(
    `not what package-lock.json says: ${different.join(", ")}: run npm ci before packing\n`,
  );
  process.exitCode = 1;
}
