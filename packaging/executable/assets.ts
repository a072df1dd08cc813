import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Bundle } from "./bundle.ts";

/** The first file, which looks after all others. */
export const firstFile = "packaging/executable/start.cjs";

/** Files of the content that the program itself reads; the rest of it is for people and their SIEMs. */
const content = /^content\/(detections\/[^/]+\.yml|events\/.+\.ndjson)$/;

/**
 * Everything that the executable carries: the name by which it is asked for, and the file that it is in now. Writes the
 * bundle into `work`.
 */
export function assetsOf(bundle: Bundle, root: string, work: string): Record<string, string> {
  const parts = bundle.files.map(({ name, text }) => {
    const file = join(work, "dist", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return [`dist/${name}`, file] as const;
  });
  const carried = readdirSync(join(root, "content"), { recursive: true, encoding: "utf8" })
    .map((path) => `content/${path}`)
    .filter((path) => content.test(path))
    .map((path) => [path, join(root, path)] as const);
  const assets = [...parts, ...carried, ["start.cjs", join(root, firstFile)] as const];
  return Object.fromEntries(assets.sort(([a], [b]) => (a < b ? -1 : 1)));
}
