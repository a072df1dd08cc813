/**
 * What a success says in its body of events that it did not take, in the words that many endpoints have for
 * that; undefined where it says nothing of the kind. `text` may be the beginning of a longer answer.
 */
export function untaken(text: string): string | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const answer = read(text);
  const { errors, error, ok, success, partialSuccess } = answer;
  if (errors === true || (Array.isArray(errors) && errors.length > 0)) return "errors";
  if (error === true || (typeof error === "string" && error !== "") || hasMembers(error)) return "error";
  if (ok === false) return "ok: false";
  if (success === false) return "success: false";
  // A count of OTLP: as JSON has 64 bits, a text.
  const { rejectedLogRecords = 0 } = Object(partialSuccess);
  return Number(rejectedLogRecords) > 0 ? "partialSuccess.rejectedLogRecords" : undefined;
}

/** What is said before the first list or object inside stands in the beginning of an answer, too. */
function read(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    const [head = ""] = /^\s*\{[^{[]*/.exec(text) ?? [];
    return { errors: /"errors"\s*:\s*true\b/.test(head) };
  }
}

function hasMembers(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
