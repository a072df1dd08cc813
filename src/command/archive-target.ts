import { resolve } from "node:path";
import type { ArchiveStore } from "../archive/archive-store.ts";
import { openArchive } from "../archive/open-archive.ts";
import { type ArchivePlace, archivePlaceOf } from "../archive/place.ts";
import type { ArchiveDays } from "../archive/records.ts";
import { loadToLook } from "../config/look.ts";
import { nearest } from "../config/nearest.ts";
import type { Terminal } from "./command.ts";

/** What is done with an archive, and with what of it. */
export interface ArchiveOptions extends ArchiveTarget {
  readonly action: "verify" | "list" | "extract";
  /** PEM files, or fingerprints. */
  readonly keys: readonly string[] | undefined;
  /** Only what manifests vouch for. */
  readonly attested: boolean;
  /** SHA-256 as 64 hexadecimal digits. */
  readonly head: string | undefined;
  readonly days: ArchiveDays;
  readonly source: string | undefined;
  /** Patterns, as in an output's `filter`. */
  readonly actions: readonly string[] | undefined;
  /** Ids or e-mail addresses of actors. */
  readonly users: readonly string[] | undefined;
  /** As `listedUids` takes them. */
  readonly uids: string | undefined;
  readonly raw: boolean;
  readonly json: boolean;
}

/** Which archive a command is about. */
export interface ArchiveTarget {
  /** A directory, a URL, or the name of an output; absent: the only archive of the configuration. */
  readonly target: string | undefined;
  /** The configuration; absent where none was named and the usual one is not there. */
  readonly config: string | undefined;
}

/** The archive that is meant, or why none is. Rejects with ConfigError. */
export async function archiveAt(
  { target, config }: ArchiveTarget,
  terminal: Terminal,
): Promise<ArchiveStore | string> {
  const { clock, environment, random } = terminal;
  const place = target === undefined ? undefined : placeNamed(target);
  if (typeof place === "string") return place;
  if (place !== undefined)
    return openArchive(place, { now: () => clock.now(), guid: random.uuid, environment });
  if (config === undefined)
    return target === undefined
      ? "name an archive: a directory, a URL, or with -c the name of an output"
      : `there is no configuration that has an output ${target}: name it with -c, or write a path with a /`;
  return archiveOfConfig(target, config, terminal);
}

/** Undefined where it is the name of an output. */
function placeNamed(target: string): ArchivePlace | string | undefined {
  if (target.includes("://")) return archivePlaceOf(target);
  return target.includes("/") || target === "." || target === ".."
    ? archivePlaceOf(`file://${resolve(target)}`)
    : undefined;
}

async function archiveOfConfig(
  target: string | undefined,
  path: string,
  terminal: Terminal,
): Promise<ArchiveStore | string> {
  const { clock, environment, random } = terminal;
  const archives = (await loadToLook(path, terminal)).outputs.flatMap((output) => {
    const archive = output.archive({ clock, environment, guid: random.uuid });
    return archive === undefined ? [] : [{ name: output.config.name, store: archive.store }];
  });
  const names = archives.map(({ name }) => name);
  const found = target === undefined ? archives : archives.filter(({ name }) => name === target);
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first.store;
  if (names.length === 0) return `${path} has no output of type archive`;
  if (target === undefined) return `say which archive: ${names.join(", ")}`;
  const close = nearest(target, names);
  return `no archive is called ${target} (${close === undefined ? `there are ${names.join(", ")}` : `did you mean ${close}?`}); a directory is written with a /`;
}
