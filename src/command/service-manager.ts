import { spawn } from "node:child_process";
import { lineOf } from "../report/line-of.ts";
import type { Report, Tell } from "../report/report.ts";
import { counted } from "../text/amounts.ts";
import type { Clock } from "../time/clock.ts";
import type { Terminal } from "./command.ts";

/** A sign of life may be late twice before the service manager restarts the daemon. */
const pingsPerPeriod = 3;
/** What a stop may take beside its own time, to close the state, milliseconds. */
const closeWithinMs = 10_000;
/** How long telling may take; what hangs is given up, milliseconds. */
const tellWithinMs = 10_000;

/**
 * The service manager that started the daemon, as sd_notify(3) describes it. Without its NOTIFY_SOCKET
 * nothing is told, and nothing is started.
 */
export interface ServiceManager {
  /** Tells changes of readiness as the status of the unit. */
  readonly note: Tell;
  /** It runs, for the first time or after a reload. From now on it is told that the daemon lives. */
  ready(): void;
  reloading(): void;
  /** It ends, and takes up to `withinMs` for that, whatever the manager would wait for by itself. */
  stopping(withinMs: number): void;
  /** No more signs of life. What has been told still goes out. */
  close(): void;
}

/** What a service manager is told by, and what it asks for. */
export interface ServiceManagerOptions {
  readonly environment: Terminal["environment"];
  readonly clock: Clock;
  readonly pid: number | undefined;
  /** Names what hangs; empty while every loop turns. Only then is there a sign of life. */
  readonly stalled: () => readonly string[];
  /** Takes note of what cannot be told, in words for a person; of the same, once. */
  readonly complain: (text: string) => void;
  /** Resolves when the manager has been told; rejects when it cannot be. */
  readonly send?: (assignments: readonly string[], environment: Terminal["environment"]) => Promise<void>;
}

/** A manager to tell, or one that nothing is told. */
export function serviceManager(options: ServiceManagerOptions): ServiceManager {
  const { environment, clock, send = systemdNotify } = options;
  const present = (environment.NOTIFY_SOCKET ?? "") !== "";
  const ended = new AbortController();
  let before: Promise<void> = Promise.resolve();
  let waiting = 0;
  let watched = false;
  let complained = "";

  function complain(text: string): void {
    if (text === complained) return;
    complained = text;
    options.complain(text);
  }

  function tell(...assignments: string[]): void {
    if (!present) return;
    waiting++;
    before = before
      .then(() => send(assignments, environment))
      .then(() => {
        complained = "";
      })
      .catch((error: Error) => complain(`the service manager cannot be told: ${error.message}`))
      .finally(() => waiting--);
  }

  async function ping(everyMs: number): Promise<void> {
    while (!ended.signal.aborted) {
      const stalled = options.stalled();
      if (stalled.length > 0)
        complain(`no sign of life for the service manager, which will restart this: ${stalled.join(", ")}`);
      else if (waiting === 0) tell("WATCHDOG=1");
      await clock.sleep(everyMs, ended.signal);
    }
  }

  return {
    note(report) {
      const status = statusOf(report);
      if (status !== undefined) tell(`STATUS=${status}`);
    },
    ready() {
      tell("READY=1");
      const periodMs = watchdogMs(options);
      if (!present || watched || periodMs === undefined) return;
      watched = true;
      void ping(periodMs / pingsPerPeriod);
    },
    reloading: () => tell("RELOADING=1", "STATUS=reads the configuration again"),
    stopping: (withinMs) =>
      tell(
        "STOPPING=1",
        `EXTEND_TIMEOUT_USEC=${Math.ceil((withinMs + closeWithinMs) * 1000)}`,
        "STATUS=delivers what is at hand, then ends",
      ),
    close: () => ended.abort(),
  };
}

/** Names of sources and outputs are letters, digits, `_` and `-`. */
function statusOf(report: Report): string | undefined {
  switch (report.type) {
    case "started":
      return `runs: ${counted(report.sources.length, "source")}, ${counted(report.outputs.length, "output")}`;
    case "ready":
    case "not_ready":
      return lineOf(report).msg;
    default:
      return undefined;
  }
}

/** How long the manager waits for a sign of life of this process; undefined when it waits for none. */
function watchdogMs({ environment, pid }: ServiceManagerOptions): number | undefined {
  const { WATCHDOG_USEC: period = "", WATCHDOG_PID: whose = "" } = environment;
  if (!/^[1-9]\d{0,15}$/.test(period)) return undefined;
  return whose === "" || whose === String(pid) ? Number(period) / 1000 : undefined;
}

/**
 * Node has no datagram socket of the Unix kind, so systemd's own command tells it (systemd-notify(1)). The
 * child gets nothing else of the environment, in which secrets may be.
 */
function systemdNotify(
  assignments: readonly string[],
  { NOTIFY_SOCKET, PATH = "/usr/bin:/bin" }: Terminal["environment"],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("systemd-notify", assignments, {
      stdio: "ignore",
      env: { NOTIFY_SOCKET, PATH },
      timeout: tellWithinMs,
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? new Error("there is no systemd-notify; install it, or set Type=exec and no WatchdogSec")
          : error,
      ),
    );
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`systemd-notify ended with ${code ?? signal}`));
    });
  });
}
