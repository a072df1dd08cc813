import type { Identity } from "../ingest/identity.ts";

/** Where JSON of a format or a SIEM has the uid: what stands before it may be pseudonyms and digests. */
const inJson =
  /"(?:(?:id|uid|event_uid|event\.id|ExtID|log\.record\.uid)"\s*:\s*|log\.record\.uid","value":\{"stringValue":)"([0-9a-f]{32})"/i;
/** Where CEF and structured data have it: what is in a name has a backslash before such a sign. */
const inText = /(?:^|\s)(?:externalId=|uid=")([0-9a-f]{32})(?![0-9a-f])/i;
/** No pseudonym: those have the id of their key in front. */
const uid = /(?:^|[^0-9a-z_])([0-9a-f]{32})(?![0-9a-f])/i;
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
 * Looks for the uid of each line, by its name or else the first: a list, a CSV, JSON lines, CEF. `expected`
 * are the uids of the day, and is emptied of those that are found.
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
    const found = uidIn(line);
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

function uidIn(line: string): string | undefined {
  const named = line.trimStart().startsWith("{") ? inJson : inText;
  return (named.exec(line) ?? uid.exec(line))?.[1];
}
