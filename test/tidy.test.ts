import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

/** Which station may import which. A station is a folder of src/ or a file directly in it. Leaves import nothing but each other upwards. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  clock: [],
  secret: [],
  finding: [],
  backoff: [],
  deadline: [],
  condition: [],
  loopback: [],
  bell: ["clock"],
  "known-keys": ["event"],
  scanner: [],
  timestamp: ["clock"],
  entry: ["clock", "event", "known-keys", "scanner", "timestamp"],
  "ascii-writer": [],
  identity: ["ascii-writer", "clock", "entry", "known-keys", "scanner"],
  ledger: [],
  record: ["clock", "entry"],
  event: ["clock"],
  tls: ["schema"],
  printable: [],
  html: ["printable"],
  redactor: ["html", "secret"],
  schema: ["secret", "clock"],
  http: ["loopback", "schema", "tls", "clock", "source"],
  source: [
    "loopback",
    "clock",
    "entry",
    "event",
    "finding",
    "http",
    "record",
    "redactor",
    "scanner",
    "schema",
    "secret",
    "tls",
    "output",
  ],
  spool: ["clock", "record", "source", "ledger"],
  format: ["clock", "entry", "event", "known-keys", "output", "record", "scanner", "schema", "secret"],
  output: [
    "loopback",
    "clock",
    "deadline",
    "event",
    "finding",
    "format",
    "http",
    "redactor",
    "schema",
    "secret",
    "tls",
  ],
  report: ["clock", "condition", "output", "printable", "redactor", "source", "spool", "secret"],
  admin: [
    "loopback",
    "clock",
    "condition",
    "html",
    "output",
    "redactor",
    "report",
    "secret",
    "source",
    "spool",
  ],
  config: ["loopback", "output", "schema", "secret", "source", "clock"],
  telemetry: ["backoff", "clock", "deadline", "http", "loopback", "output", "report"],
  batch: ["clock", "event", "output", "record", "spool"],
  ingest: ["backoff", "bell", "clock", "condition", "intake", "ledger", "report", "source", "spool"],
  intake: ["bell", "clock", "event", "ledger", "recognise", "record", "spool"],
  recognise: ["clock", "entry", "identity", "ledger", "record", "spool"],
  culprits: ["batch", "output"],
  upkeep: ["clock", "report", "spool"],
  deliver: [
    "backoff",
    "batch",
    "bell",
    "clock",
    "condition",
    "culprits",
    "deadline",
    "output",
    "report",
    "spool",
  ],
};
/** The composition root, the commands and the stand-ins may import everything. */
const unbounded = ["main", "run", "stages", "reload", "command", "simulate"];

/** Longer files, each with its one idea; this list only gets shorter. */
const lineLimit = 250;
const longerFiles: Readonly<Record<string, number>> = {};

const root = join(import.meta.dirname, "..");
const src = join(root, "src");
const files = walk(src).filter((file) => file.endsWith(".ts"));
const station = (file: string) => {
  const [first = ""] = relative(src, file).split("/");
  return basename(first, ".ts");
};

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

/** Source without comments. */
function code(file: string): string {
  return readFileSync(file, "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/(^|\s)\/\/.*$/gm, "");
}

describe("tidy", () => {
  it("lets stations import only what lies before them", () => {
    const wrong: string[] = [];
    for (const file of files) {
      const from = station(file);
      if (unbounded.includes(from)) continue;
      const allowed = mayImport[from];
      if (allowed === undefined) {
        wrong.push(`${relative(root, file)}: its station "${from}" has no row in this test`);
        continue;
      }
      for (const [, specifier] of code(file).matchAll(/from "(\.[^"]+)"/g)) {
        const target = station(join(dirname(file), specifier as string));
        if (target !== from && !allowed.includes(target))
          wrong.push(`${relative(root, file)} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("never lets one output import another", () => {
    const wrong = files
      .filter((file) => relative(src, file).split("/").length > 2 && station(file) === "output")
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

  it("knows the time in clock.ts alone", () => {
    expect(
      offenders(/Date\.now\(|new Date\(\)|performance\.now\(/, (file) => basename(file) === "clock.ts"),
    ).toEqual([]);
  });

  it("takes randomness from run.ts alone", () => {
    expect(
      offenders(
        /Math\.random|randomUUID\(/,
        (file) => ["run.ts", "main.ts"].includes(basename(file)) && dirname(file) === src,
      ),
    ).toEqual([]);
  });

  it("has no console, enum, default export or inheritance but from Error", () => {
    expect(offenders(/\bconsole\./)).toEqual([]);
    expect(offenders(/^\s*(export\s+)?(const\s+)?enum\s/)).toEqual([]);
    expect(offenders(/^export default/)).toEqual([]);
    expect(offenders(/\bclass\s+\w+(<[^>]*>)?\s+extends\s+(?!Error\b)/)).toEqual([]);
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

  it("records no download host in the lock file", () => {
    expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toMatch(/"resolved": *"http/);
  });
});
