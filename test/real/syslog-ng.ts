import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Kept between runs: it is the same everywhere and takes seconds to fetch. */
const kept = join(tmpdir(), "syslog-ng-for-tests");
const root = join(kept, "root");

/** True when there is a syslog-ng to run; fetches it from the distribution when that is possible. */
export function haveSyslogNg(): boolean {
  if (existsSync(join(root, "usr/sbin/syslog-ng"))) return true;
  const script = join(import.meta.dirname, "fetch-syslog-ng.sh");
  const fetched = spawnSync("bash", [script, kept], { timeout: 60_000, stdio: "ignore" });
  if (fetched.status !== 0) rmSync(kept, { recursive: true, force: true });
  return fetched.status === 0;
}

/** A message as syslog-ng understood it. */
export interface SyslogNgMessage {
  readonly HOST?: string;
  readonly PROGRAM?: string;
  readonly MSGID?: string;
  readonly MESSAGE?: string;
  readonly SDATA?: string;
  /** As it came, without its framing. */
  readonly RAWMSG?: string;
}

export interface SyslogNg {
  /** RFC 5424 with octet counting. */
  readonly counted: number;
  /** RFC 3164, a message a line. */
  readonly lines: number;
  taken(): readonly SyslogNgMessage[];
  close(): Promise<void>;
}

/** 65536 is its own limit for a message. */
export async function startSyslogNg(logMsgSize = 1_048_576): Promise<SyslogNg> {
  const folder = mkdtempSync(join(tmpdir(), "syslog-ng-"));
  const [counted, lines] = [await freePort(), await freePort()];
  const pairs = ["HOST", "PROGRAM", "MSGID", "MESSAGE", "SDATA", "RAWMSG"].map(
    (name) => `--pair ${name}="\${${name}}"`,
  );
  const file = join(folder, "taken");
  const statements = [
    `options { chain_hostnames(no); keep_hostname(yes); use_dns(no); log_msg_size(${logMsgSize}); stats_freq(0); };`,
    `source counted { syslog(ip("127.0.0.1") port(${counted}) transport("tcp") flags(store-raw-message)); };`,
    `source lines { network(ip("127.0.0.1") port(${lines}) transport("tcp") flags(store-raw-message)); };`,
    `destination taken { file("${file}" template("$(format-json ${pairs.join(" ").replaceAll('"', '\\"')})\\n")); };`,
    "log { source(counted); source(lines); destination(taken); };",
  ];
  const end = await runSyslogNg(folder, statements, counted);
  return {
    counted,
    lines,
    taken: () =>
      (existsSync(file) ? readFileSync(file, "utf8") : "")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    async close() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs it with this configuration until what comes back is called; its own files are in `folder`. */
export async function runSyslogNg(
  folder: string,
  statements: readonly string[],
  port: number,
): Promise<() => Promise<void>> {
  const file = (name: string) => join(folder, name);
  const [version = ""] = readdirSync(join(root, "usr/lib/syslog-ng")).filter((name) =>
    /^\d+\.\d+$/.test(name),
  );
  const modules = ["afsocket", "affile", "syslogformat", "basicfuncs", "json-plugin"];
  writeFileSync(
    file("syslog-ng.conf"),
    [`@version: ${version}`, ...modules.map((name) => `@module ${name}`), ...statements, ""].join("\n"),
  );
  const paths = [
    "usr/lib/x86_64-linux-gnu",
    "usr/lib/aarch64-linux-gnu",
    "usr/lib/syslog-ng",
    "lib/x86_64-linux-gnu",
    "lib/aarch64-linux-gnu",
  ];
  const named = { f: "syslog-ng.conf", R: "persist", p: "pid", c: "control" };
  const args = Object.entries(named).flatMap(([option, name]) => [`-${option}`, file(name)]);
  const child = spawn(
    join(root, "usr/sbin/syslog-ng"),
    ["-F", "--no-caps", ...args, `--module-path=${join(root, "usr/lib/syslog-ng", version)}`],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { LD_LIBRARY_PATH: paths.map((path) => join(root, path)).join(":") },
    },
  );
  let said = "";
  child.stderr?.on("data", (piece: Buffer) => {
    said += piece.toString();
  });
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error(`syslog-ng does not listen: ${said}`);
    await sleep(25);
  }
  return async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
