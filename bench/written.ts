import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What has been written to the files of a folder since it was emptied. */
export interface Written {
  /** Lines. */
  readonly events: number;
  /** When it was seen last that there were more, nanoseconds of the monotonic clock. */
  readonly lastNs: number;
}

/** Empties a folder, or makes it; gives back how to count the lines of files that are written below it. */
export function emptyFolder(folder: string): () => Written {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const read = new Map<string, number>();
  const piece = Buffer.alloc(1 << 20);
  let events = 0;
  let lastNs = 0;
  return () => {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ndjson")) continue;
      const descriptor = openSync(join(folder, name), "r");
      let at = read.get(name) ?? 0;
      for (;;) {
        const bytes = readSync(descriptor, piece, 0, piece.length, at);
        if (bytes === 0) break;
        at += bytes;
        lastNs = Number(process.hrtime.bigint());
        for (let end = piece.indexOf(10); end >= 0 && end < bytes; end = piece.indexOf(10, end + 1)) events++;
      }
      closeSync(descriptor);
      read.set(name, at);
    }
    return { events, lastNs };
  };
}
