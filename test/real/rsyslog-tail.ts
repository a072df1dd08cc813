import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = "/usr/sbin/rsyslogd";
export const imfileIsHere =
  existsSync(program) &&
  ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64"].some((folder) =>
    existsSync(join(folder, "rsyslog/imfile.so")),
  );

/** A real rsyslogd that follows a file. */
export interface RsyslogTail {
  /** The lines as it read them. */
  taken(): readonly string[];
  /** Ends it with a signal and starts it again; it goes on where it was. */
  restart(signal: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
}

/** Follows `path` with imfile as its documentation has it, and writes what it reads to a file of its own. */
export async function startRsyslogTail(path: string): Promise<RsyslogTail> {
  const folder = mkdtempSync(join(tmpdir(), "rsyslog-tail-"));
  const file = (name: string) => join(folder, name);
  writeFileSync(
    file("rsyslog.conf"),
    [
      `global(workDirectory="${folder}" processInternalMessages="off" maxMessageSize="2m")`,
      'module(load="imfile")',
      // Its state is written with every line, so that a kill costs nothing that is not this program's.
      `input(type="imfile" file="${path}" tag="wandb" persistStateInterval="1" readMode="0" ruleset="all")`,
      'template(name="line" type="string" string="%msg%\\n")',
      `ruleset(name="all") { action(type="omfile" file="${file("taken")}" template="line") }`,
      "",
    ].join("\n"),
  );
  let child = await start();

  async function start(): Promise<ChildProcess> {
    const started = spawn(program, ["-n", "-f", file("rsyslog.conf"), "-i", file("pid")], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    await once(started, "spawn");
    return started;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  return {
    taken: () =>
      (existsSync(file("taken")) ? readFileSync(file("taken"), "utf8") : "").split("\n").slice(0, -1),
    async restart(signal) {
      await end(signal);
      rmSync(file("pid"), { force: true });
      child = await start();
    },
    async close() {
      await end("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
