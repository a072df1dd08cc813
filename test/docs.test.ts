import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const skipped = new Set(["node_modules", "dist", ".git", "cases", "data"]);
const pages = walk(root).filter((file) => file.endsWith(".md"));

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    return entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)];
  });
}

/** Headings as the anchors that links use. */
function anchors(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      (title as string)
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("documents", () => {
  it("link only to what exists", () => {
    const broken = pages.flatMap((page) =>
      [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
        if (/^[a-z]+:/.test(link)) return [];
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? page : join(dirname(page), path);
        const where = `${relative(root, page)}: ${link}`;
        if (!existsSync(target)) return [where];
        return anchor === undefined || anchors(readFileSync(target, "utf8")).has(anchor) ? [] : [where];
      }),
    );
    expect(broken).toEqual([]);
  });

  it("name only tests that exist", () => {
    const missing = pages.flatMap((page) =>
      [...readFileSync(page, "utf8").matchAll(/`((?:test|bench)\/[\w./-]+\.(?:ts|md|sh))`/g)]
        .filter(([, file]) => !existsSync(join(root, file as string)))
        .map(([, file]) => `${relative(root, page)}: ${file}`),
    );
    expect(missing).toEqual([]);
  });

  it("promise nothing without a test", () => {
    const rows = readFileSync(join(root, "README.md"), "utf8").match(/^\| \d \| \*\*.+$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(5);
    const bare = rows.flatMap((row) =>
      row
        .replace(/^\| \d \| \*\*[^*]+\*\*/, "")
        .split(/[.;](?= |$)/)
        .filter(
          (sentence) => /\w/.test(sentence.replace(/\|\s*$/, "")) && !/\]\((test|docs)\//.test(sentence),
        ),
    );
    expect(bare).toEqual([]);
  });

  it("number the decisions without a hole", () => {
    const numbers = readdirSync(join(root, "docs/adr")).map((file) => Number(file.slice(0, 4)));
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
  });

  it("have a line for every dependency", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const text = readFileSync(join(root, "docs/dependencies.md"), "utf8");
    const named = (name: string) =>
      text.includes(`\`${name}\``) || text.includes(`\`${name.replace("@opentelemetry/", "")}\``);
    expect(
      [...Object.keys(dependencies), ...Object.keys(devDependencies)].filter((name) => !named(name)),
    ).toEqual([]);
  });
});
