import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Child, lend, startChild } from "./children.ts";
import type { Remote } from "./remote/remote.ts";

const root = join(import.meta.dirname, "..");
/**
 * What is measured is the package as users have it: where it finds its dependencies, and does not stand in the way of the
 * sources or of another run.
 */
const built = join(root, `node_modules/.cache/bench-${process.pid}`);

/** Builds the program that is measured. */
export function build(): void {
  lend(built);
  execFileSync(process.execPath, ["bin/build.ts", join(built, "dist")], { cwd: root, stdio: "inherit" });
  for (const part of ["package.json", "bin"])
    cpSync(join(root, part), join(built, part), { recursive: true });
}

/** What a daemon is started with. */
export interface DaemonOptions {
  /** Has its state and its configuration; a daemon that was here before is continued. */
  readonly folder: string;
  readonly remote: Remote;
  /** The day that the log is of. */
  readonly day: string;
  /** As the configuration has them. */
  readonly outputs: readonly string[];
}

/** The program itself, running. */
export interface Daemon extends Child {
  /** When it was started, nanoseconds of the monotonic clock. */
  readonly startedNs: number;
  /** Sum of a metric over its labels; 0 before it listens. Not for free: the daemon writes all of them. */
  metric(name: string): Promise<number>;
  /** Has it read its source now. */
  poll(): void;
}

/** Starts it as its package does. */
export async function startDaemon({ folder, remote, day, outputs }: DaemonOptions): Promise<Daemon> {
  const state = join(folder, "state");
  const config = join(folder, "config.yaml");
  const port = await freePort();
  mkdirSync(state, { recursive: true, mode: 0o700 });
  writeFileSync(
    config,
    `state_dir: ${state}
sources:
  - { name: bench, type: wandb_api, url: "http://127.0.0.1:${remote.httpPort}", instance: bench.example, api_key: bench, start: "${day}", poll_interval: 1d, read: { timeout: 1d } }
outputs:
${outputs.map((output) => `  - ${output}`).join("\n")}
spool: { max_bytes: 100GiB }
admin: { listen: 127.0.0.1:${port} }
log: { level: error }
`,
    { mode: 0o600 },
  );
  const startedNs = Number(process.hrtime.bigint());
  const bin = join(built, "bin/wandb-audit-forwarder.js");
  const child = startChild(process.execPath, [bin, "run", "-c", config], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return {
    ...child,
    startedNs,
    metric: (name) => metric(port, name),
    poll: () => process.kill(child.pid, "SIGHUP"),
  };
}

async function metric(port: number, name: string): Promise<number> {
  try {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const samples = text.matchAll(new RegExp(`^wandb_audit_forwarder_${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"));
    return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
  } catch {
    return 0;
  }
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
