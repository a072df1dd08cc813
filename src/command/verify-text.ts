import type { ExportedUids } from "../evidence/exported-uids.ts";
import { clockText, counted } from "../text/amounts.ts";
import type { Surplus, VerifiedDay } from "./verified-day.ts";

/** So many records are named; all of them with `--json`. */
const mostShown = 10;

/** Whether nothing that was asked for differs. */
export function isWhole({
  lack,
  known,
  closed,
  same_digest,
  missing,
  extra,
  against,
  exported,
  archived,
}: VerifiedDay): boolean {
  // What came since is known, and explains another digest.
  const isExplained = known !== null && closed?.reopened === true;
  const isSame = missing.records + extra.records === 0 && (isExplained || same_digest !== false);
  const other =
    against === null || (against.lack === null && against.missing.records + against.extra.records === 0);
  const has = (uids: ExportedUids | null) => uids === null || uids.missing + uids.unknown === 0;
  return lack === null && isSame && other && has(exported) && has(archived);
}

/** What was found, as people read it. */
export function verifyText(found: VerifiedDay): string {
  const { source, day, shown, lack } = found;
  return [
    `${source} (${found.instance}), ${day}: ${counted(shown.records, "record")} shown now, digest ${shown.digest}`,
    ...(found.over ? [] : ["  the day is not over: what is new comes with the next poll"]),
    ...(lack === null ? [] : [`  not all of it can be shown: ${lack}`]),
    ...closedLines(found),
    ...ledgerLines(found),
    ...surplusLines("known, and not shown any more", found.missing),
    ...surplusLines("shown, and not known", found.extra),
    ...found.altered.map(({ was, is, keys }) => `  altered: ${was} is ${is} now, in ${keys.join(", ")}`),
    ...againstLines(found),
    ...exportedLines(found),
    ...archivedLines(found),
    isWhole(found) ? "nothing is missing" : "this differs",
  ].join("\n");
}

function closedLines({ closed, same_digest }: VerifiedDay): string[] {
  if (closed === null) return ["  it was never closed"];
  const since = closed.reopened
    ? "something of it was kept since, or the clock was ahead: it is closed once more"
    : "nothing of it was kept since";
  const times = closed.closings === 1 ? "" : `, for the ${closed.closings}. time`;
  return [
    `  closed ${clockText(closed.at)}${times} with ${counted(closed.records, "record")}: the digest is ${same_digest ? "the same" : `another one, ${closed.digest}; ${since}`}`,
  ];
}

function ledgerLines({ known, closed, same_digest }: VerifiedDay): string[] {
  if (known !== null) return [`  the ledger knows ${counted(known, "record")}`];
  if (closed === null)
    return ["  the ledger knows nothing of it: it was never read, or has been forgotten (spool.keep_ledger)"];
  if (closed.records === 0)
    return [`  there was nothing, and there is ${same_digest ? "nothing" : "something"}`];
  return [
    `  the ledger has forgotten it (spool.keep_ledger), so the digest alone tells: ${same_digest ? "nothing was added, removed or changed since" : "something was added, removed or changed since, and what that was cannot be told"}`,
  ];
}

function surplusLines(what: string, { records, named }: Surplus): string[] {
  if (records === 0) return [];
  const some = named.slice(0, mostShown).map(({ uid, count, time, action }) => {
    const about = [time, action].filter((each) => each !== null).join(" ");
    return `    ${uid}${count > 1 ? ` (${count} of it)` : ""}${about === "" ? "" : `  ${about}`}`;
  });
  const more = records - named.slice(0, mostShown).reduce((sum, { count }) => sum + count, 0);
  return [`  ${counted(records, "record")} ${what}:`, ...some, ...(more > 0 ? [`    and ${more} more`] : [])];
}

function againstLines({ source, against }: VerifiedDay): string[] {
  if (against === null) return [];
  const { source: other, shown, lack, missing, extra } = against;
  const same = missing.records + extra.records === 0;
  return [
    `  ${other}: ${counted(shown.records, "record")} shown, digest ${shown.digest}${same ? ", the same as " : ", other than "}${source}'s`,
    ...(lack === null ? [] : [`  ${other} cannot show all of it: ${lack}`]),
    ...surplusLines(`shown by ${other}, and not by ${source}`, missing),
    ...surplusLines(`shown by ${source}, and not by ${other}`, extra),
  ];
}

function exportedLines({ exported }: VerifiedDay): string[] {
  if (exported === null) return [];
  const { lines, uids, missing, unknown, missingUids, unknownUids } = exported;
  const twice = lines - uids;
  return [
    `  exported: ${counted(uids, "uid")}${twice > 0 ? `, and ${counted(twice, "line")} with one that was there before (sent again)` : ""}`,
    ...uidLines("of the day, and not exported", missing, missingUids),
    ...uidLines("exported, and not of the day", unknown, unknownUids),
  ];
}

function archivedLines({ archived }: VerifiedDay): string[] {
  if (archived === null) return [];
  const { output, files, uids, missing, unknown, missingUids, unknownUids } = archived;
  return [
    `  ${output}: ${counted(uids, "uid")} archived in ${counted(files, "file")} of the day`,
    ...uidLines("of the day, and not archived", missing, missingUids),
    ...uidLines("archived, and not shown", unknown, unknownUids),
  ];
}

function uidLines(what: string, count: number, uids: readonly string[]): string[] {
  if (count === 0) return [];
  const some = uids.slice(0, mostShown);
  return [
    `  ${counted(count, "uid")} ${what}:`,
    ...some.map((uid) => `    ${uid}`),
    ...(count > some.length ? [`    and ${count - some.length} more`] : []),
  ];
}
