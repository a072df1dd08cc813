import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, posix, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const pagesPlace = join(import.meta.dirname, ".pages");

/** Where a page of the project is in the site: a README is what its folder is called by. */
export function placeOf(path: string): string {
  return path.replace(/(^|\/)README\.md$/, "$1index.md");
}

/** What a link leads to, and what a site makes of it. */
type Target =
  | { readonly kind: "page"; readonly path: string }
  | { readonly kind: "image" | "file" | "folder"; readonly path: string };

/**
 * The rule for links: to a page, also outside docs/, it leads to that page in the site; an image is shown; any other file
 * is laid beside the pages as it is; a folder is named and not linked, as a site has none.
 */
function targetOf(path: string): Target | undefined {
  const file = join(root, path);
  if (!existsSync(file)) return undefined;
  if (statSync(file).isDirectory()) {
    const readme = posix.join(path, "README.md");
    return existsSync(join(root, readme)) ? { kind: "page", path: readme } : { kind: "folder", path };
  }
  if (path.endsWith(".md")) return { kind: "page", path };
  return { kind: /\.(svg|png)$/.test(path) ? "image" : "file", path };
}

/** A page as the site has it, and what it leads to. Throws where a link leads nowhere. */
export function rewritten(
  path: string,
  text: string,
): { readonly text: string; readonly targets: readonly Target[] } {
  const targets: Target[] = [];
  const link = (whole: string, mark: string, words: string, url: string) => {
    if (/^[a-z]+:/.test(url) || url.startsWith("#")) return whole;
    const [target = "", anchor] = url.split("#");
    const there = posix.join(posix.dirname(path), target);
    const found = targetOf(there);
    if (found === undefined) throw new Error(`${path}: ${url} leads nowhere`);
    targets.push(found);
    const bare = (name: string) => name.replaceAll(/^`|\/?`?$/g, "");
    if (found.kind === "folder") return bare(words) === bare(there) ? words : `${words} (\`${bare(there)}\`)`;
    if (found.kind === "file") return `${mark}[${words}](/${served(found.path)})`;
    const from = posix.dirname(placeOf(path));
    const to = found.kind === "page" ? placeOf(found.path) : found.path;
    const way = posix.relative(from, to);
    return `${mark}[${words}](${way.startsWith(".") ? way : `./${way}`}${anchor === undefined ? "" : `#${anchor}`})`;
  };
  const outside = text
    // What is meant for who edits the file.
    .replaceAll(/^<!--[\s\S]*?-->\n*/gm, "")
    .split(/^(```[\s\S]*?^```)$/m)
    .map((piece, at) => {
      if (at % 2 === 1) return piece;
      return piece.replaceAll(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, link);
    });
  return { text: outside.join(""), targets };
}

/** A server tells by the end of its name what a file is. */
function served(path: string): string {
  return posix.extname(path) === "" ? `${path}.txt` : path;
}

/** All pages from README and docs/ on, with what they lead to, laid out for the site. Gives back their paths. */
export function collect(): readonly string[] {
  rmSync(pagesPlace, { recursive: true, force: true });
  const left = ["README.md", ...markdownIn("docs")];
  const done = new Set<string>();
  for (let path = left.shift(); path !== undefined; path = left.shift()) {
    if (done.has(path)) continue;
    done.add(path);
    const { text, targets } = rewritten(path, readFileSync(join(root, path), "utf8"));
    lay(placeOf(path), text);
    for (const { kind, path: to } of targets) {
      if (kind === "page") left.push(to);
      if (kind === "image") copy(to, to);
      if (kind === "file") copy(to, join("public", served(to)));
    }
  }
  return [...done];
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => posix.join(folder, name))
    .sort();
}

function lay(path: string, text: string): void {
  const file = join(pagesPlace, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function copy(from: string, to: string): void {
  cpSync(join(root, from), join(pagesPlace, to), { recursive: true });
}

if (process.argv[1] === import.meta.filename) {
  const pages = collect();
  process.stdout.write(`${pages.length} pages in ${relative(process.cwd(), pagesPlace)}\n`);
}
