import { createServer } from "node:net";
import { dirname } from "node:path";
import { controlPath, queryDaemon } from "../admin/ask.ts";
import { socketFits } from "../admin/control.ts";
import { builtin } from "../builtin.ts";
import type { Config } from "../config/config.ts";
import type { Finding } from "../finding.ts";
import { freeBytes } from "../spool/free-bytes.ts";
import { refuseWithoutDatabase, stateGone } from "../spool/lost-state.ts";
import {
  exposedBy,
  exposedFix,
  openFix,
  openText,
  openToOthers,
  systemFileSystemType,
} from "../spool/private-directory.ts";
import { segmentPaths } from "../spool/segment/segment-files.ts";
import { SpoolError } from "../spool/spool-error.ts";
import { sizeOf, stateFiles } from "../spool/state-directory.ts";
import { WitnessFile } from "../spool/witness.ts";
import { sizeText } from "../text/amounts.ts";
import { serviceWitness } from "./service-witness.ts";
import { isEarlierState } from "./state-access.ts";

const { accessSync, constants, existsSync } = builtin("node:fs");

/** With less than this the daemon cannot even keep its books. */
const leastFree = 64 * 2 ** 20;

/** True: a daemon answers on the control socket of this `state_dir`. */
export async function daemonRuns({ stateDir }: Config, timeoutMs: number): Promise<boolean> {
  const answer = await queryDaemon({ socketPath: controlPath(stateDir) }, "/livez", timeoutMs).catch(
    () => undefined,
  );
  return answer !== undefined;
}

/** What a look at the state directory depends on. */
export interface Onlooker {
  /** A daemon runs. */
  readonly running: boolean;
  /** Who we are. */
  readonly uid: number | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Whether the daemon could keep its state there. Makes nothing. */
export function stateFindings({ stateDir, spool }: Config, onlooker: Onlooker): Finding[] {
  if (!socketFits(stateDir))
    return [
      {
        level: "problem",
        text: `${stateDir}: the name is too long for the control socket in it`,
        fix: "choose a shorter state_dir",
      },
    ];
  const place = existsSync(stateDir) ? stateDir : nearestFolder(stateDir);
  try {
    return [
      placeFinding(stateDir, place, onlooker),
      ...(onlooker.running ? [] : versionFindings(stateDir)),
      roomFinding(stateDir, place, spool.maxBytes),
    ];
  } catch (error) {
    if (error instanceof SpoolError) return [{ level: "problem", text: error.message, fix: error.fix }];
    if (!isOfFileSystem(error)) throw error;
    const what = place === stateDir ? "is not writable" : "does not exist and cannot be made";
    const user = onlooker.uid === undefined || onlooker.uid === 0 ? "USER" : onlooker.uid;
    return [
      {
        level: "problem",
        text: `${stateDir} ${what} (${error.code})`,
        fix: `as root: install -d -m 0700 -o ${user} ${stateDir}, with the user the daemon runs as; in Kubernetes: a volume, and fsGroup in the securityContext of the pod`,
      },
    ];
  }
}

/** `place`: the directory, or the nearest one above it that is there. Throws where it cannot be used. */
function placeFinding(stateDir: string, place: string, { running, uid, environment }: Onlooker): Finding {
  // Root may look after a folder of any user.
  const rules = { uid: uid === 0 ? undefined : uid, fileSystemType: systemFileSystemType };
  const open = place === stateDir ? openToOthers(stateFiles(stateDir), rules) : undefined;
  accessSync(place, constants.W_OK | constants.X_OK);
  if (place === stateDir) refuseWithoutDatabase(stateFiles(stateDir));
  refuseGone(stateDir, serviceWitness(stateDir, environment));
  if (open !== undefined)
    return {
      level: "warning",
      text: `${stateDir}: open to other users: ${openText(open)}; the next start takes their rights away`,
      fix: openFix,
    };
  if (place !== stateDir)
    return {
      level: "ok",
      text: `${stateDir}: is not there, and will be made at the first start; where a state was kept in it, mount or restore that first`,
    };
  const above = exposedBy(stateDir);
  if (above !== undefined)
    return {
      level: "warning",
      text: `${stateDir}: private and writable, but every user may write in ${above} and so move it away: the next start would begin afresh`,
      fix: exposedFix(above),
    };
  const how = running ? "in use by the running daemon" : "private and writable";
  return { level: "ok", text: `${stateDir}: ${how}` };
}

/** Throws where a start would: a state is known to have been there, and there is none. */
function refuseGone(stateDir: string, folder: string | undefined): void {
  const files = stateFiles(stateDir);
  if (folder === undefined || sizeOf(files.database) > 0) return;
  const { at } = new WitnessFile(folder, stateDir).read() ?? {};
  if (at !== undefined) throw stateGone(files, at);
}

/** Throws where a start would refuse what a newer version wrote. What cannot be read says nothing here. */
function versionFindings(stateDir: string): Finding[] {
  if (!isEarlierState(stateDir)) return [];
  return [
    {
      level: "warning",
      text: `${stateDir}: of an earlier version; the next start makes it one of this version, which the earlier one refuses`,
      fix: "keep a copy of it, made while no daemon runs, if you may want to go back",
    },
  ];
}

function isOfFileSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function nearestFolder(path: string): string {
  let folder = path;
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}

function roomFinding(stateDir: string, place: string, maxBytes: number): Finding {
  const free = freeBytes(place);
  const { database, wal } = stateFiles(stateDir);
  const segments = place === stateDir ? segmentPaths(stateDir) : [];
  const used = [database, wal, ...segments].reduce((sum, path) => sum + sizeOf(path), 0);
  const text = `${sizeText(free)} free on the disk; the spool takes ${sizeText(used)} and may grow to ${sizeText(maxBytes)}`;
  if (free < leastFree)
    return { level: "problem", text, fix: "make room on the disk, or set state_dir to another one" };
  if (free + used < maxBytes)
    return { level: "warning", text, fix: "make room on the disk, or lower spool.max_bytes" };
  return { level: "ok", text };
}

/** Whether the daemon could listen at `admin.listen`. */
export async function adminFinding({ admin }: Config, running: boolean): Promise<Finding> {
  if (admin.listen === undefined) return { level: "ok", text: "off: no metrics, no status page" };
  const { host, port } = admin.listen;
  const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const code = await tryToListen(host, port);
  if (code === undefined) return { level: "ok", text: `${where} is free` };
  if (code === "EADDRINUSE" && running)
    return { level: "ok", text: `${where} is in use, as it should: the daemon runs` };
  const known: Record<string, [text: string, fix: string]> = {
    EADDRINUSE: ["another program listens there", "stop it, or set admin.listen to another port"],
    EACCES: ["this user may not listen there", "set admin.listen to a port from 1024"],
    EADDRNOTAVAIL: ["this machine has no such address", "set admin.listen to one of its addresses"],
    ENOTFOUND: ["no such host name", "set admin.listen to an address of this machine"],
  };
  const [text, fix] = known[code] ?? [code, "set admin.listen to another address"];
  return { level: "problem", text: `${where}: ${text}`, fix };
}

/** Undefined, or the error's code. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
