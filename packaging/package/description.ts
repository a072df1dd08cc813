import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The line of nfpm.yaml below which the documents are put. */
const place = /^ *# Below this line .*\n/m;

/**
 * Writes the description that nfpm reads: packaging/nfpm.yaml, and each document that was staged. RPM wants to know of every
 * file that it is one, and nfpm takes no folder of them.
 */
export function writeDescription(root: string, staged: string, work: string): string {
  const documents = readdirSync(join(staged, "doc"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(staged, "doc"), join(entry.parentPath, entry.name)))
    .sort()
    .map(
      (file) =>
        `  - { src: "${join(staged, "doc", file)}", dst: "/usr/share/doc/wandb-audit-forwarder/${file}", type: doc }\n`,
    );
  const text = readFileSync(join(root, "packaging/nfpm.yaml"), "utf8");
  if (!place.test(text)) throw new Error("packaging/nfpm.yaml says no more where the documents belong");
  const description = join(work, "nfpm.yaml");
  writeFileSync(
    description,
    text.replace(place, (line) => line + documents.join("")),
  );
  return description;
}
