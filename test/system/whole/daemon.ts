import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The program as it is installed. */
export const program = join(import.meta.dirname, "../../../bin/wandb-audit-forwarder.js");

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The real program as a process of its own. */
export interface DaemonProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

export function startProgram(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): DaemonProcess {
  return startProcess(process.execPath, [program, ...args], environment);
}

/** The same of any file that can be run. */
export function startProcess(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd = process.cwd(),
): DaemonProcess {
  const child: ChildProcess = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", ...environment },
    cwd,
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (piece: Buffer) => {
    stdout += piece.toString();
  });
  child.stderr?.on("data", (piece: Buffer) => {
    stderr += piece.toString();
  });
  const exited = new Promise<Exit>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  return {
    pid: child.pid as number,
    exited,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
  };
}

/** A folder with a configuration and a state directory, gone after `remove`. */
export interface Workplace {
  readonly folder: string;
  readonly config: string;
  readonly stateDir: string;
  write(yaml: string): void;
  remove(): void;
}

export function workplace(yaml: (stateDir: string) => string): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "whole-"));
  const stateDir = join(folder, "state");
  const config = join(folder, "config.yaml");
  const write = (text: string) => writeFileSync(config, text, { mode: 0o600 });
  write(yaml(stateDir));
  return { folder, config, stateDir, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Resolves when `condition` holds; rejects with what it was about, asked then, when it does not within `ms`. */
export async function eventually(
  what: string | (() => string),
  condition: () => boolean | Promise<boolean>,
  ms = 60_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(`not within ${ms} ms: ${typeof what === "string" ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
