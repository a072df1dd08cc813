import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** What becomes of the directory. */
export type ArchiveBehavior =
  /** Everything is in its place. */
  | "accept"
  /** It has another name. */
  | "gone"
  /** Every user may write in it. */
  | "open";

/** All of them. */
export const archiveBehaviors: readonly ArchiveBehavior[] = ["accept", "gone", "open"];

/** A directory in which an archive stands, and whoever reads all that has ever been stored there. */
export interface ArchiveReceiver {
  /** `file:///...` */
  readonly url: string;
  readonly folder: string;
  behave(behavior: ArchiveBehavior): void;
  /** Lines of all files of NDJSON, whether packed by gzip or not, those of earlier files first. */
  taken(): readonly string[];
  count(): number;
  /** Removes the files; what was in them stays taken. */
  empty(): void;
  close(): void;
}

interface SeenFile {
  readonly at: number;
  readonly name: string;
  readonly lines: readonly string[];
}

/** A stand-in for whoever keeps an archive. `inFolder` is made, and removed in the end. */
export function startArchiveReceiver(inFolder?: string): ArchiveReceiver {
  const folder = inFolder ?? mkdtempSync(join(tmpdir(), "archive-receiver-"));
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const away = `${folder}.away`;
  const seen = new Map<string, SeenFile>();
  const gone: string[] = [];

  function repair(): void {
    if (exists(away)) renameSync(away, folder);
    chmodSync(folder, 0o750);
  }

  function look(): readonly SeenFile[] {
    const here = exists(folder) ? folder : away;
    for (const name of readdirSync(here, { recursive: true, encoding: "utf8" })) {
      if (!/\.ndjson(\.gz)?$/.test(name) || seen.has(name)) continue;
      const path = join(here, name);
      const bytes = readFileSync(path);
      const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
      seen.set(name, { name, at: statSync(path).mtimeMs, lines: text.split("\n").slice(0, -1) });
    }
    return [...seen.values()].sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
  }

  return {
    url: `file://${folder}`,
    folder,
    behave(behavior) {
      repair();
      if (behavior === "gone") renameSync(folder, away);
      if (behavior === "open") chmodSync(folder, 0o777);
    },
    taken: () => [...gone, ...look().flatMap(({ lines }) => lines)],
    count: () => look().reduce((sum, { lines }) => sum + lines.length, gone.length),
    empty() {
      for (const { lines } of look()) gone.push(...lines);
      seen.clear();
      for (const each of readdirSync(folder)) rmSync(join(folder, each), { recursive: true });
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
      rmSync(away, { recursive: true, force: true });
    },
  };
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
