import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * Which room may import which: the whole list, in the order of the data. A room is a folder of src/ or a file directly in it.
 * What nobody imports may not be granted, so this is also the map of what depends on what.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "agent.ts": [],
  "builtin.ts": [],
  "carried.ts": ["builtin.ts"],
  "finding.ts": [],
  "last-words.ts": ["other-version.ts", "system-code.ts"],
  "other-version.ts": [],
  "random.ts": ["builtin.ts"],
  "small-file.ts": ["builtin.ts"],
  "system-code.ts": [],
  time: [],
  kernel: [],
  thread: ["builtin.ts"],
  text: [],
  record: ["kernel", "time"],
  own: ["record", "time"],
  secret: ["text"],
  schema: ["record", "secret", "text"],
  net: ["builtin.ts", "finding.ts", "schema", "small-file.ts", "text", "time"],
  bucket: ["builtin.ts", "finding.ts", "net", "schema", "secret", "small-file.ts"],
  init: ["bucket", "builtin.ts", "net"],
  event: ["kernel", "own", "record", "schema", "secret", "text", "time"],
  format: ["agent.ts", "event", "own", "record", "text", "time"],
  layout: ["event", "kernel", "record", "text", "time"],
  archive: [
    "bucket",
    "builtin.ts",
    "event",
    "finding.ts",
    "format",
    "net",
    "record",
    "schema",
    "secret",
    "small-file.ts",
    "system-code.ts",
    "text",
    "time",
  ],
  source: [
    "agent.ts",
    "archive",
    "bucket",
    "builtin.ts",
    "finding.ts",
    "net",
    "record",
    "schema",
    "secret",
    "system-code.ts",
    "text",
    "time",
  ],
  spool: ["builtin.ts", "kernel", "own", "random.ts", "record", "system-code.ts", "text", "thread", "time"],
  output: [
    "agent.ts",
    "archive",
    "bucket",
    "builtin.ts",
    "event",
    "finding.ts",
    "format",
    "net",
    "record",
    "schema",
    "secret",
    "small-file.ts",
    "system-code.ts",
    "text",
    "time",
  ],
  report: ["output", "own", "secret", "source", "spool", "text", "time"],
  status: ["output", "record", "report", "source", "spool", "text", "time"],
  ingest: ["kernel", "record", "report", "source", "spool", "status", "time"],
  evidence: ["archive", "ingest", "record", "source", "spool", "text", "time"],
  deliver: ["event", "layout", "output", "own", "record", "report", "schema", "spool", "status", "time"],
  admin: ["builtin.ts", "deliver", "net", "secret", "spool", "status", "text", "time"],
  config: [
    "event",
    "net",
    "other-version.ts",
    "output",
    "own",
    "schema",
    "secret",
    "small-file.ts",
    "source",
    "system-code.ts",
    "time",
  ],
  telemetry: ["agent.ts", "net", "report", "status", "time"],
  daemon: [
    "admin",
    "agent.ts",
    "archive",
    "config",
    "deliver",
    "ingest",
    "last-words.ts",
    "other-version.ts",
    "output",
    "random.ts",
    "record",
    "report",
    "secret",
    "source",
    "spool",
    "status",
    "telemetry",
    "thread",
    "time",
  ],
};
/** The commands and the stand-ins put everything together and may import everything. */
const unbounded = ["main.ts", "command", "simulate"];

/** Longer files, each with its one idea; this list only gets shorter. */
const lineLimit = 250;
const longerFiles: Readonly<Record<string, number>> = {};

/** The same name for two things, because each is the function of its file's name. */
const namesakes = ["otlp"];
/** What only tests import, and why it is not kept inside its file: parts that are best tried by themselves. */
const forTests: Readonly<Record<string, string>> = {
  "event/derive.ts": "deniedOf",
  "record/parse-entry.ts": "parseAny",
  "ingest/identity.ts": "identityOf",
  "output/splunk-hec/request.ts": "collectorPath cookiesOf",
};

const root = join(import.meta.dirname, "..");
const src = join(root, "src");
const files = walk(src).filter((file) => file.endsWith(".ts"));
const room = (file: string) => relative(src, file).split("/")[0] ?? "";

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function offenders(pattern: RegExp, except: (file: string) => boolean = () => false): string[] {
  return files
    .filter((file) => !except(file))
    .flatMap((file) =>
      code(file)
        .split("\n")
        .flatMap((line, index) =>
          pattern.test(line) ? [`${relative(root, file)}:${index + 1}: ${line.trim()}`] : [],
        ),
    );
}

/** The files of src/ that a file imports, also by `import()` and as types. */
function importsOf(file: string): string[] {
  return [...code(file).matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)]
    .map(([, specifier]) => join(dirname(file), specifier as string))
    .filter((target) => target.startsWith(`${src}/`));
}

interface Export {
  readonly file: string;
  readonly name: string;
  readonly isType: boolean;
}

const declaration = /^export (?:async )?(const|function\*?|class|interface|type) (\w+)/gm;
const allExports: readonly Export[] = files.flatMap((file) =>
  [...code(file).matchAll(declaration)].map(([, kind, name]) => ({
    file,
    name: name as string,
    isType: kind === "interface" || kind === "type",
  })),
);

/** `file#name` of everything that these files import. */
function importedBy(importers: readonly string[]): ReadonlySet<string> {
  const found = importers.flatMap((file) => {
    const text = code(file);
    const listed = [...text.matchAll(/import (?:type )?\{([^}]*)\} from "(\.[^"]+)"/g)].map(
      ([, names, from]) => [names, from],
    );
    const later = [...text.matchAll(/await import\("(\.[^"]+)"\)\)\.(\w+)/g)].map(([, from, name]) => [
      name,
      from,
    ]);
    const unpacked = [...text.matchAll(/\{([^{}]*)\} = await import\("(\.[^"]+)"\)/g)].map(
      ([, names, from]) => [names, from],
    );
    return [...listed, ...later, ...unpacked].flatMap(([names = "", from = ""]) =>
      names
        .split(",")
        .map((part) =>
          part
            .trim()
            .replace(/^type /, "")
            .split(/ as |:/)[0]
            ?.trim(),
        )
        .map((name) => `${join(dirname(file), from)}#${name}`),
    );
  });
  return new Set(found);
}

/** The first way that leads back to where it began. */
function circle(nodes: readonly string[], next: (node: string) => readonly string[]): string[] | undefined {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (node: string): string[] | undefined => {
    if (way.includes(node)) return [...way.slice(way.indexOf(node)), node].map((path) => relative(src, path));
    if (done.has(node)) return undefined;
    way.push(node);
    for (const other of next(node)) {
      const found = visit(other);
      if (found !== undefined) return found;
    }
    way.pop();
    done.add(node);
    return undefined;
  };
  for (const node of nodes) {
    const found = visit(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

function mentions(file: string, name: string): number {
  return [...code(file).matchAll(new RegExp(`\\b${name}\\b`, "g"))].length;
}

/** Source without comments. */
function code(file: string): string {
  return readFileSync(file, "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/(^|\s)\/\/.*$/gm, "");
}

/** A doc comment stands before it, or before the first of a run of constants or a value and its type that it belongs to. */
function isExplained(lines: readonly string[], index: number): boolean {
  let at = index - 1;
  if (/^export type \w+ =/.test(lines[index] ?? "") && /[)\]};]$|^\s*as const/.test(lines[at] ?? ""))
    return true;
  while (/^export const \w+ = [^{[(]*;$/.test(lines[at] ?? "")) at--;
  return /\*\/\s*$/.test(lines[at] ?? "");
}

/** Stand-ins play slow servers in real time; the page's script runs in a browser. */
function runsElsewhere(file: string): boolean {
  return room(file) === "simulate" || relative(src, file) === "admin/page/script.ts";
}

describe("tidy", () => {
  it("lets rooms import exactly what their row grants", () => {
    const wrong: string[] = [];
    const unused = new Map(Object.entries(mayImport).map(([from, targets]) => [from, new Set(targets)]));
    for (const file of files) {
      const from = room(file);
      if (unbounded.includes(from)) continue;
      const allowed = mayImport[from];
      if (allowed === undefined) {
        wrong.push(`${relative(root, file)}: its room "${from}" has no row in this test`);
        continue;
      }
      for (const target of importsOf(file).map(room)) {
        unused.get(from)?.delete(target);
        if (target !== from && !allowed.includes(target))
          wrong.push(`${relative(root, file)} imports ${target}`);
      }
    }
    for (const [from, targets] of unused)
      for (const target of targets) wrong.push(`"${from}" is granted "${target}", which it does not import`);
    expect(wrong).toEqual([]);
  });

  it("has no circles, neither between rooms nor between files", () => {
    expect(circle(files, importsOf)).toBeUndefined();
    expect(circle(Object.keys(mayImport), (from) => mayImport[from] ?? [])).toBeUndefined();
  });

  it("names every room in ARCHITECTURE.md", () => {
    const map = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const rooms = [...new Set(files.map(room))];
    expect(
      rooms.filter((name) => !map.includes(`\`src/${name}${name.endsWith(".ts") ? "" : "/"}\``)),
    ).toEqual([]);
  });

  it("never lets one output import another", () => {
    const wrong = files
      .filter((file) => relative(src, file).split("/").length > 2 && room(file) === "output")
      .flatMap((file) => {
        const own = relative(src, file).split("/")[1];
        return [...code(file).matchAll(/from "(\.[^"]+)"/g)]
          .map(([, specifier]) => relative(src, join(dirname(file), specifier as string)).split("/"))
          .filter((path) => path[0] === "output" && path.length > 2 && path[1] !== own)
          .map((path) => `${relative(root, file)} imports ${path.join("/")}`);
      });
    expect(wrong).toEqual([]);
  });

  it("touches the process in main.ts alone", () => {
    expect(
      offenders(
        /\bprocess\.|from "node:process"/,
        (file) => basename(file) === "main.ts" && dirname(file) === src,
      ),
    ).toEqual([]);
  });

  it("knows the time, and waits, in src/time/ alone", () => {
    const time =
      /Date\.now\(|new Date\(\)|performance\.now\(|(?<!\.)\bset(Timeout|Interval|Immediate)\(|AbortSignal\.timeout\(|node:timers/;
    expect(offenders(time, (file) => room(file) === "time" || runsElsewhere(file))).toEqual([]);
  });

  it("takes chance from random.ts alone", () => {
    const chance = /Math\.random|\brandom(UUID|Bytes|Int|FillSync)\b|getRandomValues/;
    expect(offenders(chance, (file) => relative(src, file) === "random.ts")).toEqual([]);
  });

  it("lets nobody but ingest and the composition see the store behind the spool", () => {
    const may = ["ingest", "spool"];
    const composition = [
      "daemon/ingest-side.ts",
      "command/status.ts",
      "command/state-access.ts",
      "command/tap.ts",
    ];
    const wrong = files.filter(
      (file) =>
        !may.includes(room(file)) &&
        !composition.includes(relative(src, file)) &&
        importsOf(file).some((target) =>
          /^spool\/(store|spool-of-store|sqlite\/)/.test(relative(src, target)),
        ),
    );
    expect(wrong.map((file) => relative(src, file))).toEqual([]);
  });

  it("has no console, enum, default export or inheritance but from Error", () => {
    expect(offenders(/\bconsole\./)).toEqual([]);
    expect(offenders(/^\s*(export\s+)?(const\s+)?enum\s/)).toEqual([]);
    expect(offenders(/^export default/)).toEqual([]);
    expect(offenders(/\bclass\s+\w+(<[^>]*>)?\s+extends\s+(?!Error\b)/)).toEqual([]);
  });

  it("has one word for one thing: none that the glossary has replaced", () => {
    const replaced =
      /\b(truths?|bells?|culprits?|recogni[sz]er?|upkeep|hurry|turnsBy|judges?|judged|verdicts?|concludes?|condemned|forgive)\b/i;
    const wrong = files.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((text, index) => (replaced.test(text) ? [`${relative(root, file)}:${index + 1}`] : [])),
    );
    expect(wrong).toEqual([]);
  });

  it("leaves nothing for later", () => {
    const wrong = [...files, ...walk(join(root, "test"))]
      .filter((file) => file.endsWith(".ts") && file !== import.meta.filename)
      .filter((file) => /\b(TODO|FIXME|XXX)\b/.test(readFileSync(file, "utf8")))
      .map((file) => relative(root, file));
    expect(wrong).toEqual([]);
  });

  it("has no file or folder with a name that says nothing", () => {
    const vague = /^(utils?|helpers?|common|misc|shared|types|interfaces|lib)(\.ts)?$/;
    expect(
      walk(src).filter((file) =>
        relative(src, file)
          .split("/")
          .some((part) => vague.test(part)),
      ),
    ).toEqual([]);
  });

  it("keeps files short enough to read in one go", () => {
    const wrong = files.flatMap((file) => {
      const lines = readFileSync(file, "utf8").trimEnd().split("\n").length;
      const name = relative(root, file);
      return lines > (longerFiles[name] ?? lineLimit) ? [`${name}: ${lines} lines`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it("says beside every export what it promises", () => {
    const wrong = files.flatMap((file) => {
      const lines = readFileSync(file, "utf8").split("\n");
      return lines.flatMap((text, index) => {
        const name = /^export (?:async )?(?:const|function\*?|class|interface|type) (\w+)/.exec(text)?.[1];
        if (name === undefined || isExplained(lines, index)) return [];
        return [`${relative(root, file)}:${index + 1}: ${name}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it("keeps comments in lines that fit a screen", () => {
    const wrong = files.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((text, index) =>
          text.length > 110 && /^\s*(\/\*\*?|\*|\/\/ (?!biome-ignore))/.test(text)
            ? [`${relative(root, file)}:${index + 1}`]
            : [],
        ),
    );
    expect(wrong).toEqual([]);
  });

  it("gives every output a README and a sample", () => {
    const folders = readdirSync(join(src, "output"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const missing = folders.flatMap(({ name }) =>
      ["README.md", "sample.yaml", "kind.ts"]
        .filter((file) => !existsSync(join(src, "output", name, file)))
        .map((file) => `${name}/${file}`),
    );
    expect(missing).toEqual([]);
  });

  it("exports no two things of the same name", () => {
    const first = new Map<string, string>();
    const twice = allExports.flatMap(({ file, name }) => {
      const before = first.get(name) ?? file;
      first.set(name, before);
      return before === file || namesakes.includes(name)
        ? []
        : [`${name}: ${relative(src, before)} and ${relative(src, file)}`];
    });
    expect(twice).toEqual([]);
  });

  it("exports nothing that nobody uses, and for the tests alone only what is listed", () => {
    const scripts = [...walk(join(root, "test")), ...walk(join(root, "bench"))].filter((file) =>
      file.endsWith(".ts"),
    );
    const used = importedBy([...files, ...walk(join(root, "bin")).filter((file) => file.endsWith(".ts"))]);
    const tested = importedBy(scripts);
    const wrong = allExports.flatMap(({ file, name, isType }) => {
      const key = `${file}#${name}`;
      const place = `${relative(src, file)}: ${name}`;
      const listed = forTests[relative(src, file)]?.split(" ").includes(name) ?? false;
      if (used.has(key)) return listed ? [`${place} is listed as for tests, and used by the program`] : [];
      // A type belongs to the signatures around it.
      if (isType) return tested.has(key) || mentions(file, name) > 1 ? [] : [`${place} is not used`];
      if (!tested.has(key)) return [`${place} is not used`];
      // Stand-ins are for the tests too.
      return listed || room(file) === "simulate" ? [] : [`${place} is used by tests alone`];
    });
    expect(wrong).toEqual([]);
  });

  it("records no download host in the lock file", () => {
    expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toMatch(/"resolved": *"http/);
  });
});
