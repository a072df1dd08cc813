import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { commandTree } from "../packaging/manual/command-tree.ts";
import { actionTable } from "../src/event/action-table.ts";
import { rehearsalLabel } from "../src/event/test-event.ts";

const root = join(import.meta.dirname, "..");
const skipped = new Set([
  "node_modules",
  "dist",
  "dist-package",
  "dist-site",
  ".pages",
  ".git",
  "cases",
  "data",
]);
const pages = walk(root).filter((file) => file.endsWith(".md"));

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    return entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)];
  });
}

/** Where a page's links lead: the file or folder, and the heading. Links to other places are left out. */
function linksOf(page: string): { link: string; target: string; anchor: string | undefined }[] {
  return [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = "", anchor] = link.split("#");
    return [{ link, target: path === "" ? page : join(dirname(page), path), anchor }];
  });
}

/** Whether npm packs a file, a path from the root: `files` of package.json, and what npm adds by itself. */
function isPacked(path: string): boolean {
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
  return [...files, "package.json", "README.md", "LICENSE"].some((pattern) =>
    new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}(/|$)`).test(path),
  );
}

/** The comments of a source file, each on one line. */
function commentsOf(file: string): string[] {
  const comments = readFileSync(file, "utf8").match(/\/\*[\s\S]*?\*\/|(?:(?:^|\s)\/\/.*\n)+/gm) ?? [];
  return comments.map((comment) => comment.replaceAll(/\n\s*(?:\*|\/\/)?\s*/g, " "));
}

/** The text of a page between a heading and the next one of its level. */
function section(page: string, title: string): string {
  const text = readFileSync(join(root, page), "utf8");
  return text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";
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

/** Commands of this program in the code of a page, as words: all of a line to what ends a command in a shell. */
function commandsOf(text: string): readonly (readonly string[])[] {
  const blocks = [...text.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, "").split("\n"));
  const inLines = [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, code = ""]) => code,
  );
  const named = [...lines, ...inLines].flatMap((code) => code.split("wandb-audit-forwarder ").slice(1));
  return [...named, ...inLines].map((code) => code.replace(/\s[|>#;&].*|\)".*/, "").split(/\s+/));
}

describe("documents", () => {
  it("link only to what exists", () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter(
          ({ target, anchor }) =>
            !existsSync(target) ||
            (anchor !== undefined && !anchors(readFileSync(target, "utf8")).has(anchor)),
        )
        .map(({ link }) => `${relative(root, page)}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it("link in the installed package only to what is in it", () => {
    const packed = walk(root)
      .map((file) => relative(root, file))
      .filter(isPacked);
    const isThere = (target: string) =>
      packed.some((file) => file === target || file.startsWith(`${target.replace(/\/$/, "")}/`));
    const broken = packed
      .filter((file) => file.endsWith(".md"))
      .flatMap((page) =>
        linksOf(join(root, page))
          .filter(({ target }) => !isThere(relative(root, target)))
          .map(({ link }) => `${page}: ${link}`),
      );
    expect(packed).toContain("docs/images/flow.svg");
    expect(broken).toEqual([]);
  });

  it("have what comments in the source cite, section included", () => {
    const cited = [...walk(join(root, "src")), ...walk(join(root, "bin"))]
      .filter((file) => /\.[jt]s$/.test(file))
      .flatMap((file) =>
        commentsOf(file).flatMap((comment) =>
          [...comment.matchAll(/(?<![\w/])((?:[\w-]+\/)*[\w-]+\.md)\b`?,? ?(?:§ ?(\d+(?:\.\d+)*))?/g)].map(
            ([citation, page = "", number]) => ({
              page: ["", "docs", relative(root, dirname(file))]
                .map((folder) => join(root, folder, page))
                .find((path) => existsSync(path)),
              number,
              where: `${relative(root, file)}: ${citation}`,
            }),
          ),
        ),
      );
    expect(cited).not.toEqual([]);
    const missing = cited.filter(
      ({ page, number }) =>
        page === undefined ||
        (number !== undefined &&
          !new RegExp(`^#+ ${number.replaceAll(".", "\\.")}\\.? `, "m").test(readFileSync(page, "utf8"))),
    );
    expect(missing.map(({ where }) => where)).toEqual([]);
  });

  it("give commands that the program has, with options that it takes", () => {
    const tree = commandTree("1");
    const wrong: string[] = [];
    let found = 0;
    for (const page of pages)
      for (const words of commandsOf(readFileSync(page, "utf8"))) {
        let command = tree;
        const path: string[] = [];
        for (const word of words) {
          const inner = command.commands.find((each) => each.path.at(-1) === word);
          if (inner === undefined) break;
          command = inner;
          path.push(word);
        }
        if (path.length === 0) continue;
        found++;
        const names = command.options.flatMap((option) => option.names);
        for (const option of words.filter((word) => /^--[a-z]/.test(word)))
          if (![...names, "--help"].includes(option.replace(/=.*/, "")))
            wrong.push(`${relative(root, page)}: ${path.join(" ")} takes no ${option}`);
      }
    expect(wrong).toEqual([]);
    expect(found).toBeGreaterThan(200);
  });

  it("show the table of actions that the program has", () => {
    const rows = [
      ...readFileSync(join(root, "docs/mapping.md"), "utf8").matchAll(
        /^\| `(\w+:\w+)` \| (.+) \/ (.+) \| (.+) \| (\d+) \| (\w+) \| (\w+): ([\w, ]+?)(?: \((\w+)(?:; (\w+))?\))? \|$/gm,
      ),
    ].map(([, action, category, type, name, severity, objectType, dataset, verb, ...object]) => ({
      action,
      category: category?.split(", "),
      type: type?.split(", "),
      name,
      severity: Number(severity),
      objectType,
      dataset,
      verb,
      object,
    }));
    expect(rows).toEqual(
      actionTable.map(({ action, category, type, name, severity, objectType, cim }) => {
        const outcomes = `${cim.authentication === "preauth" ? "pending" : "success"}, failure, error`;
        const object = [cim.objectCategory, cim.objectAttrs];
        const { dataset, action: verb = outcomes } = cim;
        return { action, category, type, name, severity, objectType, dataset, verb, object };
      }),
    );
  });

  it("tell what every tag means, and of no other", () => {
    const made = walk(join(root, "src/event"))
      .concat(join(root, "src/format/shown-tags.ts"))
      .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/"(wandb_[a-z_]+)"/g)])
      .map(([, tag]) => tag)
      .filter((tag) => tag !== rehearsalLabel);
    const told = [...section("docs/formats.md", "Tags").matchAll(/^\| `(\w+)` \|/gm)].map(([, tag]) => tag);
    expect(told.length).toBeGreaterThan(10);
    expect(told.sort()).toEqual([...new Set(made)].sort());
  });

  it("describe keys in words, not by what they are called in the source", () => {
    const exported = walk(join(root, "src")).flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/^export (?:type|interface|const|function) (\w+)/gm)].map(
        ([, name = ""]) => name,
      ),
    );
    const names = new Set(exported.filter((name) => /[a-z][A-Z]/.test(name)));
    const text = readFileSync(join(root, "docs/configuration.md"), "utf8").replaceAll(/`[^`]*`/g, "");
    expect([...text.matchAll(/\b\w+\b/g)].map(([word]) => word).filter((word) => names.has(word))).toEqual(
      [],
    );
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
    const promises = section("README.md", "The promise")
      .split(/\n\n/)
      .flatMap((part) => part.split(/^\d\. /m).slice(1))
      .flatMap((point) =>
        point
          .replaceAll(/\s+/g, " ")
          .replace(/^\*\*[^*]+\*\* /, "")
          .trim()
          .split(/(?<=\.) /),
      );
    expect(promises.length).toBeGreaterThan(12);
    const rows = [
      ...section("docs/reliability.md", "What proves the promise").matchAll(/^\| \d \| (.+?) \| (.+) \|$/gm),
    ];
    expect(rows.map(([, sentence]) => sentence)).toEqual(promises);
    expect(rows.filter(([, , proof = ""]) => !/`test\/|\]\(#/.test(proof))).toEqual([]);
  });

  it("write the equation of the books as they are kept", () => {
    const columns = "delivered + filtered + dead + dropped + skipped + lost + pending";
    const told = pages.filter((page) => !page.includes("/adr/"));
    const said = [...told, join(root, "src/command/definitions/status.ts")].flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/fetched [−-] known[^.`]+?pending/gi)].map(([text]) => ({
        file,
        text: text.replaceAll(/\s+/g, " "),
      })),
    );
    expect(said.length).toBeGreaterThan(5);
    expect(said.filter(({ text }) => !text.endsWith(columns))).toEqual([]);
  });

  it("show exactly two commands for a first try", () => {
    const [, block = ""] = /```sh\n([\s\S]*?)```/.exec(section("README.md", "Try it")) ?? [];
    const commands = block.trim().split("\n");
    expect(commands.map((line) => line.replace(/ +#.*/, ""))).toEqual([
      "npm ci && npm run demo",
      "npm ci && npm test",
    ]);
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
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, "node/package.json"), "utf8"));
    const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(names.filter((name) => !named(name))).toEqual([]);
  });
});
