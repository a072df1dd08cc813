import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

/** What a command loads is most of the time and the memory that it takes: nobody adds to it unnoticed. */
const root = join(import.meta.dirname, "..");
const bin = join(root, "bin/wandb-audit-forwarder.js");
const folder = mkdtempSync(join(tmpdir(), "loaded-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Compiled under V8's own settings, as Node brings its modules: a test in this process may have changed them. */
const compiled = execFileSync(
  process.execPath,
  ["-p", 'new vm.Script("1").createCachedData().toString("base64")'],
  { encoding: "utf8", env: { PATH: process.env.PATH } },
).trim();
/** Writes down, when the process ends, the files that were loaded and what of Node itself. */
const hook = join(folder, "hook.mjs");
writeFileSync(
  hook,
  `import { registerHooks } from "node:module";
import { writeFileSync } from "node:fs";
import { Script } from "node:vm";
const files = [];
const imports = [];
registerHooks({
  resolve(name, context, next) {
    imports.push([context.parentURL, name]);
    return next(name, context);
  },
  load(url, context, next) {
    files.push(url);
    return next(url, context);
  },
});
process.on("exit", () => {
  const undici = process.moduleLoadList.some((name) => name.includes("undici"));
  const cachedData = Buffer.from("${compiled}", "base64");
  const settled = new Script("1", { cachedData }).cachedDataRejected;
  writeFileSync(process.env.LOADED, JSON.stringify({ files, imports, undici, settled }));
});
`,
);

interface Loaded {
  /** The packages, but for pino's own parts. */
  readonly packages: readonly string[];
  /** Files of this program that name OpenTelemetry. */
  readonly openTelemetry: readonly string[];
  /** Files of this program, as `src/daemon/daemon.ts`. */
  readonly own: readonly string[];
  /** Node's `fetch`, which nobody here uses. */
  readonly undici: boolean;
  /** V8 has got settings after which nothing is taken that Node brings compiled. */
  readonly settled: boolean;
}

function environmentOf(list: string) {
  return { PATH: process.env.PATH, LOADED: list, NODE_OPTIONS: `--max-semi-space-size=8 --import ${hook}` };
}

function read(list: string): Loaded {
  const { files, imports, undici, settled } = JSON.parse(readFileSync(list, "utf8")) as {
    readonly files: readonly string[];
    readonly imports: readonly (readonly [string | undefined, string])[];
    readonly undici: boolean;
    readonly settled: boolean;
  };
  const named = files.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const ofPino = /^(@pinojs\/|pino-|sonic-|thread-|atomic-|on-exit-|quick-|safe-)/;
  const ownFile = (url = "") => (url.includes("/node_modules/") ? undefined : /\/(src\/.*)$/.exec(url)?.[1]);
  return {
    packages: [...new Set(named)].filter((name) => !ofPino.test(name) && !isOpenTelemetry(name)).sort(),
    openTelemetry: imports.flatMap(([by, name]) => (isOpenTelemetry(name) ? (ownFile(by) ?? []) : [])),
    own: files.flatMap((url) => ownFile(url) ?? []),
    undici,
    settled,
  };
}

const isOpenTelemetry = (name: string) => name.startsWith("@opentelemetry/");

async function loadedBy(...args: string[]): Promise<Loaded> {
  const list = join(folder, `${args[0]}.json`);
  await new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env: environmentOf(list) }, resolve);
  });
  return read(list);
}

/** `more`: what an output loads when it sends, and not before. */
function config(name: string, url = "http://127.0.0.1:9", more = ""): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(
    path,
    `state_dir: ${join(folder, name)}
sources:
  - { name: prod, type: wandb_api, url: "${url}", instance: a.example, api_key: some-key-1 }
outputs:
  - { name: soc, type: syslog, address: "tcp://127.0.0.1:9" }
${more}admin: { listen: off }
`,
  );
  return path;
}

const kafka = `  - { name: stream, type: kafka, brokers: ["127.0.0.1:9"], topic: audit, transport: plaintext }\n`;

const otherRooms = ({ own }: Loaded, ...rooms: string[]) =>
  own.filter((file) => rooms.some((room) => file.startsWith(`src/${room}/`)));

describe("nothing is loaded that is not used", () => {
  it("by --version: no package, and a handful of files", async () => {
    const loaded = await loadedBy("--version");
    expect(loaded).toMatchObject({ packages: [], openTelemetry: [], undici: false, settled: false });
    expect(otherRooms(loaded, "daemon", "net", "output", "simulate", "source", "spool/sqlite")).toEqual([]);
    expect(loaded.own.length).toBeLessThan(25);
  });

  it("by healthcheck: no package, neither schemas nor the parser of YAML", async () => {
    const loaded = await loadedBy("healthcheck", "-c", config("health"));
    expect(loaded).toMatchObject({ packages: [], openTelemetry: [], undici: false, settled: false });
    expect(loaded.own).toContain("src/admin/ask.ts");
    expect(otherRooms(loaded, "daemon", "net", "output", "schema/parts", "simulate", "source")).toEqual([]);
    expect(loaded.own.length).toBeLessThan(35);
  });

  it("by check --offline: neither OpenTelemetry nor metrics nor stand-ins", async () => {
    const loaded = await loadedBy("check", "--offline", "-c", config("checked", undefined, kafka));
    expect(loaded).toMatchObject({ packages: ["commander", "yaml", "zod"], undici: false, settled: false });
    expect(loaded.openTelemetry).toEqual([]);
    expect(otherRooms(loaded, "daemon", "ingest", "telemetry")).toEqual([]);
    expect(otherRooms(loaded, "simulate")).toEqual(["src/simulate/wandb-dialect.ts"]);
  });

  it("by run with a source and a syslog output: neither OpenTelemetry nor the command line's help nor stand-ins", async () => {
    let polls = 0;
    const server = createServer((_, response) => {
      polls++;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const list = join(folder, "run.json");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const daemon = spawn(process.execPath, [bin, "run", "-c", config("running", url)], {
      env: environmentOf(list),
      stdio: "ignore",
    });
    const over = once(daemon, "exit");
    while (polls === 0 && daemon.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    daemon.kill("SIGTERM");
    await over;
    server.close();
    expect(existsSync(list)).toBe(true);
    const loaded = read(list);
    expect(loaded).toMatchObject({ packages: ["pino", "prom-client", "yaml", "zod"], undici: false });
    // By the thread that delivers, when all was there.
    expect(loaded.settled).toBe(true);
    expect(loaded.openTelemetry).toEqual([]);
    expect(otherRooms(loaded, "simulate", "command/definitions")).toEqual([]);
    // Of sources and outputs those alone that the configuration names.
    const kinds = otherRooms(loaded, "output", "source").filter((file) => file.endsWith("/kind.ts"));
    expect(new Set(kinds)).toEqual(new Set(["src/source/wandb-api/kind.ts", "src/output/syslog/kind.ts"]));
    expect(otherRooms(loaded, "telemetry")).toEqual([
      "src/telemetry/telemetry.ts",
      "src/telemetry/settings.ts",
    ]);
    expect(loaded.own).not.toContain("src/status/process-metrics.ts");
  });
});
