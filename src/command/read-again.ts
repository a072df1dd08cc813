import { ListenError } from "../admin/listen-error.ts";
import { tryToListen } from "../admin/listening.ts";
import { builtin } from "../builtin.ts";
import type { Config } from "../config/config.ts";
import { loadNamed, partGone } from "../config/load-named.ts";
import { ConfigError } from "../config/problem.ts";
import { wireSources } from "../daemon/ingest-side.ts";
import { type StartingDelivery, startDelivery } from "../daemon/start-delivery.ts";
import { remedyOf } from "../last-words.ts";
import type { Report } from "../report/report.ts";
import { scrubber } from "../secret/scrub.ts";
import { SpoolError } from "../spool/spool-error.ts";
import { tryRoomToStart } from "../spool/start-room.ts";
import { systemCode } from "../system-code.ts";
import type { Terminal } from "./command.ts";
import type { ConfigFiles } from "./config-files.ts";

const { isDeepStrictEqual } = builtin("node:util");

/** A configuration that is to be used, and its delivery, which waits for the daemon in use to end. */
export interface Next {
  readonly config: Config;
  readonly starting: StartingDelivery;
}

/** What came of reading the configuration again; `next` is there when another one is to be used. */
export interface Reading {
  readonly report: Extract<
    Report,
    { type: "config_reloaded" | "config_unchanged" | "config_rejected" | "reload_ignored" }
  >;
  readonly next?: Next;
}

/** What a configuration that is read again is compared with. */
export interface InUse {
  readonly config: Config;
  /** Where the daemon itself listens, which may be that of the configuration before. */
  readonly listen: Config["admin"]["listen"];
}

/** The configuration as it is in its files now, compared with the one in use. Nothing is told yet. */
export async function readAgain(
  path: string,
  current: InUse,
  files: ConfigFiles,
  terminal: Terminal,
  load = loadNamed,
): Promise<Reading> {
  let next: Config | undefined;
  try {
    files.begin();
    const { environment, clock } = terminal;
    next = await load(path, { environment, clock, readFile: files.readFile });
    if (isDeepStrictEqual(comparable(next), comparable(current.config)))
      return { report: { type: "config_unchanged" } };
    tryToRead(next, terminal);
    await tryAddress(next, current.listen);
    tryRoomToStart(next.stateDir);
    const starting = await begun(next, terminal);
    return { report: { type: "config_reloaded" }, next: { config: next, starting } };
  } catch (error) {
    // Whatever it is: the configuration in use stays in use, and whoever asked is told.
    return { report: rejection(error, next) };
  }
}

/** Why a configuration is not used. Secrets of the `rejected` one may stand in what is said of it. */
export function rejection(error: unknown, rejected?: Config): Extract<Report, { type: "config_rejected" }> {
  const problems = error instanceof ConfigError ? error.problems.length : 1;
  const words = error instanceof Error ? error.message : String(error);
  // Of several problems each has its line.
  const scrub = scrubber(rejected?.secrets.map(({ secret }) => secret) ?? []);
  const fix = fixOf(error);
  const first = words.split("\n", 1)[0] ?? "";
  if (fix === undefined) return { type: "config_rejected", problems, first: scrub(first) };
  // Told once: as the fix.
  return { type: "config_rejected", problems, first: scrub(first.replace(` (${fix})`, "")), fix: scrub(fix) };
}

/** What to do where it is nothing in the file that is wrong. */
function fixOf(error: unknown): string | undefined {
  if (error instanceof SpoolError) return error.fix;
  if (error instanceof ConfigError) return error.fix;
  if (error instanceof ListenError) return undefined;
  const remedy = remedyOf(error);
  if (remedy !== undefined) return remedy;
  // What else the system refuses says itself what is wrong. Codes of Node's own are of wrong calls.
  const code = systemCode(error);
  if (code !== undefined && !code.startsWith("ERR_")) return undefined;
  return "this is a bug; the configuration in use is not touched";
}

/**
 * Makes every source as a start does, and drops them: what the schema cannot see, such as a certificate file
 * that is missing, is found before the daemon in use is stopped. Throws ConfigError.
 */
function tryToRead(config: Config, { clock, agent, environment, random }: Terminal): void {
  const made = wireSources(config, { clock, agent, environment, random: random.number }, () => {});
  for (const { source } of made) void source.close();
}

/**
 * The same of the outputs, and of the thread that they are to work in. They are kept: what was begun while
 * the program was whole does not ask for a file of it when the daemon in use is gone. Rejects as
 * `startDelivery`.
 */
async function begun(config: Config, terminal: Terminal): Promise<StartingDelivery> {
  const { clock, agent, environment, random, stdout, uid, startThread } = terminal;
  const context = { clock, agent, environment, stdout, uid, guid: random.uuid };
  let starting: StartingDelivery | undefined;
  try {
    starting = await startDelivery(config, { ...context, startThread });
    await starting.loaded;
    return starting;
  } catch (error) {
    starting?.abandon();
    throw partGone(config.file, error) ?? error;
  }
}

/**
 * Whether it could be had where the daemon listens elsewhere, or nowhere. Where the port stays, it may be the
 * daemon itself that has it: on all addresses, or under another name. Rejects with a ListenError.
 */
async function tryAddress({ admin: { listen } }: Config, own: InUse["listen"]): Promise<void> {
  if (listen === undefined || isDeepStrictEqual(listen, own)) return;
  await tryToListen(listen).catch((error: ListenError) => {
    if (listen.port !== own?.port || !error.isInUse) throw error;
  });
}

/** As JSON every secret is the same, so their values stand beside it, and where they are read again. */
function comparable(config: Config): unknown {
  const { stateDir, spool, activity, sources, outputs, admin, log, shutdownTimeout } = config;
  const plain = JSON.stringify({ stateDir, spool, activity, sources, outputs, admin, log, shutdownTimeout });
  return [JSON.parse(plain), config.secrets.map(({ path, secret, files }) => [path, secret.reveal(), files])];
}
