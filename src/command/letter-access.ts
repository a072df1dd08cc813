import { existsSync } from "node:fs";
import { controlPath, type DaemonAnswer, queryDaemon } from "../admin/control.ts";
import { loadToLook, whereabouts } from "../config/whereabouts.ts";
import type { LetterFilter, LetterPlace } from "../spool/spool.ts";
import { openStore } from "../spool/sqlite/open-store.ts";
import { stateFiles } from "../spool/state-directory.ts";
import type { Store } from "../spool/store.ts";
import { type LetterReport, letterQuery, letterReport } from "../status/letter-report.ts";
import { systemClock } from "../time/clock.ts";
import type { Terminal } from "./command.ts";

const answerMs = 30_000;
const lettersAtOnce = 25;

/** The dead letters of a state, whoever has it open. */
export interface LetterAccess {
  /** A daemon runs: what is to be sent again goes at once. */
  readonly daemon: boolean;
  /** Some of them, those behind `after`; empty at the end. */
  list(filter: LetterFilter, after?: LetterPlace): Promise<readonly LetterReport[]>;
  /** Some of them; 0 at the end. */
  retry(filter: LetterFilter): Promise<number>;
  drop(filter: LetterFilter): Promise<number>;
  close(): void;
}

/** Why the dead letters cannot be reached, for people. */
export class NoLetterAccess extends Error {
  override readonly name = "NoLetterAccess";
}

/**
 * Through the daemon, or in the state itself where none runs. Rejects with NoLetterAccess, SpoolError or
 * ConfigError.
 */
export async function letterAccess(path: string, terminal: Terminal): Promise<LetterAccess> {
  const { stateDir } = whereabouts(path, terminal);
  if ((await asked(stateDir, "GET", "/livez")) !== undefined) return daemonLetters(stateDir);
  const { spool, outputs } = loadToLook(path, terminal);
  if (!existsSync(stateFiles(stateDir).database))
    throw new NoLetterAccess(`no state in ${stateDir}: the daemon has not run yet`);
  const { clock, random, pid, uid } = terminal;
  return storedLetters(
    openStore({
      stateDir,
      maxBytes: spool.maxBytes,
      maxLetterBytes: spool.maxLetterBytes,
      keepDelivered: spool.keepDelivered,
      outputs: outputs.map(({ config }) => config.name),
      clock,
      random,
      pid,
      uid,
    }),
  );
}

function storedLetters(store: Store): LetterAccess {
  return {
    daemon: false,
    list: async (filter, after) => store.deadLetters(filter, lettersAtOnce, after).map(letterReport),
    retry: async (filter) => store.retryDeadLetters(filter),
    drop: async (filter) => store.dropDeadLetters(filter),
    close: () => store.close(),
  };
}

function daemonLetters(stateDir: string): LetterAccess {
  async function ask(method: "GET" | "POST", path: string, query: URLSearchParams) {
    const answer = await asked(stateDir, method, `${path}?${query}`);
    if (answer?.status !== 200)
      throw new NoLetterAccess(
        answer === undefined
          ? "the daemon has just ended: try again"
          : `the daemon answered ${answer.status}: ${answer.body.trim()}; is it of the same version?`,
      );
    return JSON.parse(answer.body);
  }
  const act = async (action: string, filter: LetterFilter): Promise<number> =>
    (await ask("POST", `/dead-letters/${action}`, letterQuery(filter))).letters;
  return {
    daemon: true,
    list: async (filter, after) => (await ask("GET", "/dead-letters", letterQuery(filter, after))).letters,
    retry: (filter) => act("retry", filter),
    drop: (filter) => act("drop", filter),
    close: () => {},
  };
}

/** Undefined where no daemon runs. */
async function asked(
  stateDir: string,
  method: "GET" | "POST",
  path: string,
): Promise<DaemonAnswer | undefined> {
  const socketPath = controlPath(stateDir);
  try {
    return await queryDaemon({ socketPath }, path, answerMs, systemClock, method);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new NoLetterAccess(
      code === "EACCES" || code === "EPERM"
        ? `the state in ${stateDir} belongs to another user: run this as root or as the user of the service`
        : `the daemon at ${socketPath} cannot be asked: ${message}; see its log and /livez`,
    );
  }
}
