import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { exitCodes } from "../../src/command/command.ts";
import { program } from "../../src/command/program.ts";
import { faultNames } from "../../src/simulate/rehearsal.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "program-"));
afterAll(() => rmSync(folder, { recursive: true }));

const commands = ["run", "check", "map", "status", "schema", "pseudonym", "simulate", "demo", "healthcheck"];

async function call(...args: string[]) {
  const terminal = fakeTerminal();
  const code = await program(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

function file(text: string): string {
  const path = join(folder, "config.yaml");
  writeFileSync(path, text);
  return path;
}

/** The configuration of a state of which only the marker is left. */
function lostState(): string {
  const state = join(folder, "lost");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  writeFileSync(join(state, "STATE"), `state ${"0".repeat(32)}\n`, { mode: 0o600 });
  const source = "{ name: prod, type: wandb_api, url: https://acme.wandb.io, api_key: a-key-0123 }";
  const output = "{ name: out, type: stdout }";
  const path = file(`state_dir: ${state}\nsources: [${source}]\noutputs: [${output}]\n`);
  chmodSync(path, 0o600);
  return path;
}

describe("help", () => {
  test("of the program lists every command, the exit codes, the files and examples", async () => {
    const { code, out, err } = await call("--help");
    expect(code).toBe(0);
    expect(err).toBe("");
    for (const command of commands) expect(out).toMatch(new RegExp(`^ {2}${command}( |$)`, "m"));
    for (const part of ["Exit codes:", "Examples:", "/etc/wandb-audit-forwarder/config.yaml", "NO_COLOR"])
      expect(out).toContain(part);
  });

  test("of the program names every kind of output, as the package does", async () => {
    const { out } = await call("--help");
    const about = out.split("\n\n")[1]?.replaceAll("\n", " ");
    const { description } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    expect(about).toContain(description.split(". ")[0]);
  });

  test.each(commands)("of %s says what it does, and explains every option", async (command) => {
    const { code, out } = await call(command, "--help");
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: wandb-audit-forwarder ${command}`));
    const about = out.split("\n\n")[1] ?? "";
    expect(about.length).toBeGreaterThan(80);
    for (const line of out.split("\n").filter((line) => /^ {2}-/.test(line)))
      expect(line).toMatch(/^ {2}\S+(, \S+)?( <\w+>)? {2,}\S/);
    expect(out.split("\n").every((line) => line.length <= 130)).toBe(true);
  });

  test("of simulate has an option for the port of each receiver that it names", async () => {
    const { out } = await call("simulate", "--help");
    expect(out.replaceAll(/\s+/g, " ")).toContain("a node of Elasticsearch, a broker of Kafka");
    expect(out).toContain("port of the Elasticsearch node");
  });

  test("names only faults that can be played", async () => {
    const { out } = await call("simulate", "--help");
    const named = [...out.matchAll(/--fault ([a-z_:]+)|such as ([a-z_:]+), ([a-z_:]+)\s+or\s+([a-z_:]+)/g)]
      .flatMap(([, ...names]) => names)
      .filter((name) => name !== undefined);
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(faultNames()).toContain(name);
  });

  test("is the answer to no command at all, with the exit code of a mistake", async () => {
    const { code, out, err } = await call();
    expect(code).toBe(exitCodes.usage);
    expect(out).toBe("");
    expect(err).toContain("Usage: wandb-audit-forwarder");
  });

  test("the version is printed", async () => {
    expect(await call("--version")).toEqual({ code: 0, out: "0.0.0-test\n", err: "" });
  });
});

describe("mistakes end with exit code 2 and what was probably meant", () => {
  test.each([
    [["chekc"], "unknown command 'chekc'", "Did you mean check?"],
    [["run", "--timeout", "5m"], "option '--timeout <duration>' needs --once", ""],
    [["check", "--ofline"], "unknown option '--ofline'", "Did you mean --offline?"],
    [
      ["check", "--timeout", "soon"],
      "argument 'soon' is invalid",
      "Write a number and a unit, such as 30s or 5m.",
    ],
    [["simulate", "--wandb-port", "65536"], "argument '65536' is invalid", "from 0 to 65535"],
    [
      ["simulate", "--dialect", "v9"],
      "argument 'v9' is invalid",
      "Allowed choices are v1, v2, v4, v5, v5-multi-tenant",
    ],
    [["schema", "extra"], "too many arguments", ""],
    [["check", "-c"], "argument missing", ""],
  ])("%j", async (args, message, hint) => {
    const { code, out, err } = await call(...args);
    expect(code).toBe(exitCodes.usage);
    expect(out).toBe("");
    expect(err).toMatch(/^wandb-audit-forwarder: /);
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });
});

describe("an address that is in use", () => {
  async function busyPort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    busy.push(server);
    return (server.address() as AddressInfo).port;
  }
  const busy: Server[] = [];
  afterEach(() => {
    for (const server of busy.splice(0)) server.close();
  });

  test("keeps `run` from starting, in one line that names the setting, with exit code 1", async () => {
    const port = await busyPort();
    const path = file(`
state_dir: ${join(folder, "state")}
sources: [{ name: prod, type: wandb_api, url: "http://127.0.0.1:9", instance: wandb.example, api_key: "\${KEY:-some-key-1}" }]
outputs: [{ name: console, type: stdout }]
admin: { listen: "127.0.0.1:${port}" }
`);
    const { code, err } = await call("run", "-c", path);
    expect(code).toBe(exitCodes.failed);
    expect(err).toBe(
      `wandb-audit-forwarder: cannot listen on 127.0.0.1:${port} (admin.listen): the port is in use; stop what uses it (ss -ltnp), or choose another port\n`,
    );
  });

  test("keeps `simulate` from starting, in one line with exit code 1", async () => {
    const port = await busyPort();
    const { code, err } = await call("simulate", "--wandb-port", String(port));
    expect(code).toBe(exitCodes.failed);
    expect(err).toMatch(
      new RegExp(`^wandb-audit-forwarder: cannot listen on port ${port}: the port is in use; .*\\n$`),
    );
  });
});

describe("a configuration that cannot be used", () => {
  test("ends with exit code 2, every problem on a line of its own, and their number", async () => {
    const path = file("sources: []\nadmn: {}\n");
    const { code, err } = await call("check", "-c", path);
    expect(code).toBe(exitCodes.usage);
    expect(err).toBe(
      `${path}:1:1: outputs: missing\n${path}:1:10: sources: must have at least 1 entry\n${path}:2:1: admn: unknown key (did you mean admin?)\n3 problems in ${path}\n`,
    );
  });

  test("is looked for where -c, then the environment, then the default say", async () => {
    const given = await call("check", "--config", "/nowhere/given.yaml");
    expect(given.err).toContain("/nowhere/given.yaml: cannot be read: no such file");
    const terminal = fakeTerminal({ environment: { WANDB_AUDIT_FORWARDER_CONFIG: "/nowhere/named.yaml" } });
    expect(await program(["check"], terminal)).toBe(exitCodes.usage);
    expect(terminal.err()).toContain("/nowhere/named.yaml: cannot be read: no such file");
    expect((await call("check")).err).toContain("/etc/wandb-audit-forwarder/config.yaml");
  });
});

describe("a state that cannot be used", () => {
  test.each([["status"], ["backfill", "--list"], ["dead-letters", "list"]])(
    "is told by %s %s where the marker alone is left, with exit code 3",
    async (...args) => {
      const { code, err } = await call(...args, "-c", lostState());
      expect(err).toContain("held state, but the database is missing");
      expect(code).toBe(exitCodes.state);
    },
  );

  test.each([
    ["activity"],
    ["explain", "0".repeat(32)],
    ["report", "--month", "2026-08"],
    ["verify", "--source", "prod", "--day", "2026-08-01"],
  ])("ends %s with exit code 3, and its help says so", async (...args) => {
    const { code, err } = await call(...args, "-c", lostState());
    expect(err).toContain("held state");
    expect(code).toBe(exitCodes.state);
    const help = (await call(args[0] ?? "", "--help")).out.replaceAll(/\s+/g, " ");
    expect(help).toContain("3 when the state cannot be used");
  });
});

describe("the process", () => {
  const bin = new URL("../../bin/wandb-audit-forwarder.js", import.meta.url).pathname;

  function start(args: string[], options: { node?: string; env?: Record<string, string> } = {}) {
    return new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(
        options.node ?? process.execPath,
        [...args],
        { env: { PATH: process.env.PATH, ...options.env } },
        (error, out, err) => {
          resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
        },
      );
    });
  }

  test("prints its version and nothing else", async () => {
    const { code, out, err } = await start([bin, "--version"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("passes the exit code on", async () => {
    expect((await start([bin, "nonsense"])).code).toBe(exitCodes.usage);
  });

  test("under a Node that is too old it says so in one line and ends with exit code 1", async () => {
    const pretend = `Object.defineProperty(process.versions, "node", { value: "20.20.2" }); import(${JSON.stringify(bin)});`;
    expect(await start(["-e", pretend])).toEqual({
      code: 1,
      out: "",
      err: "wandb-audit-forwarder needs Node 24.11 or newer; this is Node 20.20.2\n",
    });
  });

  /** A signal comes when the first file has run and the program is still to be loaded. */
  function startSignalled(signal: string, args: string[], pid?: number) {
    const preload = join(folder, "signal.mjs");
    const become = pid === undefined ? "" : `Object.defineProperty(process, "pid", { value: ${pid} });`;
    writeFileSync(
      preload,
      `import { registerHooks } from "node:module";
const { pid } = process;
${become}
registerHooks({ load(url, context, next) {
  if (url.endsWith("/src/main.ts")) process.kill(pid, "${signal}");
  return next(url, context);
} });`,
    );
    return start(["--import", preload, bin, ...args]);
  }

  test("takes the signal to read again for done where nothing was read yet", async () => {
    const { code, err } = await startSignalled("SIGHUP", ["run", "-c", file("outputs: []\n")]);
    expect(err).toContain("problems in");
    expect(code).toBe(exitCodes.usage);
  });

  test("the first process of a container is ended by a signal before it listens", async () => {
    const { code, out } = await startSignalled("SIGTERM", ["run", "-c", file("outputs: []\n")], 1);
    expect({ code, out }).toEqual({ code: 143, out: "" });
  });

  test("an unexpected exception is one line, without control characters, and exit code 70", async () => {
    const main = new URL("../../src/main.ts", import.meta.url).pathname;
    const preload = join(folder, "fault.mjs");
    // `map` waits for its input, which never comes.
    writeFileSync(
      preload,
      `process.stdin.once("newListener", () => setImmediate(() => { throw new Error("first line\\nsecond \\u001b[31mline"); }));`,
    );
    const { code, out, err } = await start(["--import", preload, main, "map"]);
    expect({ code, out }).toEqual({ code: exitCodes.crash, out: "" });
    expect(err).toMatch(
      /^wandb-audit-forwarder: unexpected Error.*: first line second \\u001b\[31mline; this is a bug.*\n$/,
    );
  });
});
