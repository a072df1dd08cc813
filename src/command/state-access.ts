import { controlPath, type DaemonAnswer, noRoomStatus, queryDaemon } from "../admin/ask.ts";
import { builtin } from "../builtin.ts";
import type { Config } from "../config/config.ts";
import { loadToLook } from "../config/look.ts";
import { whereabouts } from "../config/whereabouts.ts";
import type { LatenessOfDay } from "../spool/lateness.ts";
import { SpoolError } from "../spool/spool-error.ts";
import { isOfEarlierVersion } from "../spool/sqlite/at-rest.ts";
import { latenessAtRest } from "../spool/sqlite/lateness-at-rest.ts";
import { openStore } from "../spool/sqlite/open-store.ts";
import { stateFiles } from "../spool/state-directory.ts";
import type { OpenStore } from "../spool/store.ts";
import { printable } from "../text/printable.ts";
import { systemClock } from "../time/clock.ts";
import type { Terminal } from "./command.ts";
import { serviceWitness } from "./service-witness.ts";

const { existsSync } = builtin("node:fs");

const answerMs = 30_000;
/** What a daemon takes in the first line of a request, less than its bound of 8 KiB; the rest is its body. */
const longestPath = 7_000;

/** Who has the state open: a daemon that can be asked, or this command. */
export type StateAccess =
  | {
      readonly by: "daemon";
      /** The document that it answers with. Rejects with NoStateAccess. */
      ask(method: "GET" | "POST", path: string, query: URLSearchParams): Promise<unknown>;
    }
  | { readonly by: "command"; readonly store: OpenStore };

/** Why the state cannot be reached, for people. */
export class NoStateAccess extends Error {
  override readonly name = "NoStateAccess";
  /** There is none, as before the first run. */
  readonly noState: boolean;

  constructor(message: string, noState = false) {
    super(message);
    this.noState = noState;
  }
}

/**
 * The daemon, or the state itself where none runs: then the store has to be closed. Rejects with
 * NoStateAccess, SpoolError or ConfigError.
 */
export async function stateAccess(path: string, terminal: Terminal): Promise<StateAccess> {
  const { stateDir } = await whereabouts(path, terminal);
  if ((await asked(stateDir, "GET", "/livez")) !== undefined) return daemonOf(stateDir);
  try {
    const store = openState(await loadToLook(path, terminal), terminal);
    if (store !== undefined) return { by: "command", store };
  } catch (error) {
    throw isLocked(error) ? new NoStateAccess(withoutSocket(stateDir)) : error;
  }
  throw new NoStateAccess(`no state in ${stateDir}: the daemon has not run yet`, true);
}

/**
 * The state that no daemon has open, to be closed; undefined when there is none, which is then not made.
 * Where only its marker is left it is lost, and that is thrown.
 */
export function openState({ stateDir, spool }: Config, terminal: Terminal): OpenStore | undefined {
  const { database, marker } = stateFiles(stateDir);
  if (!existsSync(database) && !existsSync(marker)) return undefined;
  const { clock, random, pid, uid, stderr, environment } = terminal;
  const onTakenOver = () =>
    stderr.write(
      `wandb-audit-forwarder: the state in ${printable(stateDir)} was of an earlier version, and is of this one now: the earlier one refuses it from now on\n`,
    );
  const common = {
    stateDir,
    ...spool,
    clock,
    random,
    pid,
    uid,
    witnessFolder: serviceWitness(stateDir, environment),
  };
  return openStore({ ...common, onTakenOver });
}

/**
 * How late records of a source came, of a state that no daemon has open and that stays as it is; undefined
 * where that is not known. Throws over a state that is not there or damaged.
 */
export function latenessOf({ stateDir }: Config, source: string): readonly LatenessOfDay[] | undefined {
  return latenessAtRest(stateDir, source);
}

/** Whether a start would take over the state from an earlier version. Throws where it would refuse it. */
export function isEarlierState(stateDir: string): boolean {
  return isOfEarlierVersion(stateDir);
}

/** Another process has the state, and does not answer: what that means, and what to do. */
export function withoutSocket(stateDir: string): string {
  return `a daemon has the state in ${stateDir} open, and its control socket is not there. It opens it again within seconds: try again; if that stays so, see its log, and /status at admin.listen`;
}

/** Whether another process has the state open. */
export function isLocked(error: unknown): boolean {
  return error instanceof SpoolError && error.failure === "locked";
}

function daemonOf(stateDir: string): StateAccess {
  return {
    by: "daemon",
    async ask(method, path, query) {
      const text = query.toString();
      const inBody = method === "POST" && text.length > longestPath;
      const answer = await asked(stateDir, method, inBody ? path : `${path}?${text}`, inBody ? text : "");
      if (answer?.status === 200) return JSON.parse(answer.body);
      throw new NoStateAccess(
        answer === undefined
          ? "the daemon has just ended: try again"
          : answer.status === noRoomStatus
            ? answer.body.trim()
            : `the daemon answered ${answer.status}: ${answer.body.trim()}; is it of the same version?`,
      );
    },
  };
}

/** Undefined where no daemon runs. */
async function asked(
  stateDir: string,
  method: "GET" | "POST",
  path: string,
  body = "",
): Promise<DaemonAnswer | undefined> {
  const socketPath = controlPath(stateDir);
  try {
    return await queryDaemon({ socketPath }, path, answerMs, systemClock, method, body);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new NoStateAccess(
      code === "EACCES" || code === "EPERM"
        ? `the state in ${stateDir} belongs to another user: run this as root or as the user of the service`
        : `the daemon at ${socketPath} cannot be asked: ${message}; see its log and /livez`,
    );
  }
}
