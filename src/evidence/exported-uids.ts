import type { Identity } from "../ingest/identity.ts";

const uid = /(?:^|[^0-9a-f])([0-9a-f]{32})(?![0-9a-f])/i;
/** So many of each kind are named. */
const mostNamed = 100;

/** How the uids that somebody exported compare with those that a day has. */
export interface ExportedUids {
  /** Lines with a uid, and how many of them have another one than all before. */
  readonly lines: number;
  readonly uids: number;
  /** Those of the day that are not among them, and those among them that are not of the day: so many. */
  readonly missing: number;
  readonly unknown: number;
  /** Some of them, 32 hexadecimal digits. */
  readonly missingUids: readonly string[];
  readonly unknownUids: readonly string[];
}

/**
 * Looks for the first uid of each line, whatever stands around it: a list, a CSV, JSON lines. `expected` are
 * the uids of the day, and is emptied of those that are found.
 */
export async function compareExported(
  lines: AsyncIterable<string>,
  expected: Set<Identity>,
): Promise<ExportedUids> {
  const seen = new Set<Identity>();
  const unknownUids: string[] = [];
  let count = 0;
  let unknown = 0;
  for await (const line of lines) {
    const found = uid.exec(line)?.[1];
    if (found === undefined) continue;
    count++;
    const key = Buffer.from(found, "hex").toString("latin1");
    if (seen.has(key)) continue;
    seen.add(key);
    if (expected.delete(key)) continue;
    unknown++;
    if (unknownUids.length < mostNamed) unknownUids.push(found.toLowerCase());
  }
  const missingUids: string[] = [];
  for (const key of expected) {
    if (missingUids.length === mostNamed) break;
    missingUids.push(Buffer.from(key, "latin1").toString("hex"));
  }
  return {
    ...{ lines: count, uids: seen.size, unknown, unknownUids },
    ...{ missing: expected.size, missingUids },
  };
}
