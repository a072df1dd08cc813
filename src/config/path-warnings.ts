import type { Path } from "./position.ts";
import type { Problem } from "./problem.ts";

/** A source or an output, and where it stands. */
interface Member {
  readonly at: Path;
  readonly config: unknown;
}

/** Paths of files that lead elsewhere from another folder, as a service is started in. */
export function pathWarnings(
  members: readonly Member[],
  warn: (path: Path, message: string, hint: string) => Problem,
): Problem[] {
  return members.flatMap(({ at, config }) =>
    relativePaths(config, at).map((path) =>
      warn(
        path,
        "counts from the folder in which the program is started, which is / for a service",
        "write the whole path, from / on",
      ),
    ),
  );
}

function relativePaths(config: unknown, at: Path): Path[] {
  if (Array.isArray(config)) return config.flatMap((value, index) => relativePaths(value, [...at, index]));
  if (typeof config !== "object" || config === null) return [];
  return Object.entries(config).flatMap(([key, value]) => {
    const path = [...at, key];
    if (typeof value !== "string") return relativePaths(value, path);
    return isPathOfFile(path) && value !== "-" && !value.startsWith("/") ? [path] : [];
  });
}

function isPathOfFile(path: Path): boolean {
  const [parent, key = ""] = path.slice(-2).map(String);
  if (parent === "tls" || parent === "proxy_tls") return ["ca", "cert", "key"].includes(key);
  return ["key_file", "prove_key_file", "token_file"].includes(key) || (key === "path" && path.length === 3);
}
