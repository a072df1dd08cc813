import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "./otel-collector.ts";

const cache = join(process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real"), "victoria-logs");
const binary = (existsSync(cache) ? readdirSync(cache) : [])
  .map((version) => join(cache, version, "victoria-logs"))
  .find((path) => existsSync(path));
/** Why tests with it skip, for their names. */
export const whyNoVictoriaLogs = "skipped where `test/real/victoria-logs/build` has not been run";
export const victoriaLogsIsHere = binary !== undefined;

/** A store of logs that takes them as several others do. */
export interface VictoriaLogs {
  readonly url: string;
  /** What it has stored, as it tells it. */
  stored(): Promise<readonly Readonly<Record<string, string>>[]>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps a week, and drops without a word what is older. */
export async function startVictoriaLogs(): Promise<VictoriaLogs> {
  const folder = mkdtempSync(join(tmpdir(), "victoria-logs-"));
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  let child = await start();

  async function start(): Promise<ChildProcess> {
    const args = [
      `-storageDataPath=${folder}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      "-retentionPeriod=7d",
      "-loggerLevel=ERROR",
    ];
    const started = spawn(binary as string, args, { stdio: ["ignore", "ignore", "inherit"] });
    for (let tries = 0; !(await listens(port)); tries++) {
      if (tries > 400 || started.exitCode !== null) throw new Error("VictoriaLogs does not listen");
      await sleep(25);
    }
    return started;
  }

  async function end(): Promise<void> {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }

  return {
    url,
    async stored() {
      await fetch(`${url}/internal/force_flush`);
      const answer = await fetch(`${url}/select/logsql/query`, {
        method: "POST",
        body: new URLSearchParams({ query: "*", limit: "100000" }),
      });
      return (await answer.text())
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
    },
    async restart() {
      await end();
      child = await start();
    },
    async close() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket
      .once("error", () => resolve(false))
      .once("connect", () => {
        socket.destroy();
        resolve(true);
      });
  });
}
