import { type Entry, entryTime, saysAction } from "../../record/entry.ts";

/** Members in which servers, gateways and frameworks say that something failed, in small letters. */
const failing: ReadonlySet<string> = new Set([
  "error",
  "errors",
  "error_description",
  "errormessage",
  "exception",
  "fault",
]);
/** Members that say so where nothing else shows that it is an audit entry. */
const telling: ReadonlySet<string> = new Set([
  ...failing,
  "message",
  "msg",
  "detail",
  "details",
  "code",
  "status",
  "statuscode",
  "status_code",
  "title",
  "reason",
  "ok",
  "success",
]);

/**
 * What an entry may be that comes where an error would: `record` it is an audit entry wherever it stands;
 * `doubtful` neither says when nor what happened; `error` looks like an error report.
 */
export type Likeness = "record" | "doubtful" | "error";

/** Every audit entry says what happened. An error report has no action, though it may have a time. */
export function likenessOf(entry: Entry): Likeness {
  if (saysAction(entry)) return "record";
  if (entry.keys.some((key) => telling.has(key.toLowerCase()))) return "error";
  return entryTime(entry) === undefined ? "doubtful" : "record";
}

/**
 * Whether what stands around the entries of an envelope says that they are not all there. Without entries any
 * such word counts; beside entries only one that can mean nothing else.
 */
export function saysFailure(frame: Readonly<Record<string, unknown>>, hasEntries: boolean): boolean {
  return Object.entries(frame).some(([key, value]) => {
    const name = key.toLowerCase();
    if (name === "ok" || name === "success") return value === false;
    return (hasEntries ? failing : telling).has(name) && !isNothing(value);
  });
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value as object).length === 0;
}
