import { createHash } from "node:crypto";

/** Names that W&B fills in when the log is read. Written down once more on purpose: nothing here comes from the program. */
const readTime = new Set(
  `actor_email user_email entity_name project_name report_name artifact_digest artifact_qualified_name
   artifact_sequence_name artifact_version_index audit_log_error`.split(/\s+/),
);

/** What of an entry never changes: its members in sorted order, numbers as texts, the time in nanoseconds. */
export function lasting(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown>;
  const members = Object.keys(entry)
    .filter((key) => !readTime.has(key) && entry[key] !== null && entry[key] !== "")
    .sort()
    .map((key) => {
      const value = key === "timestamp" ? `${Date.parse(String(entry[key])) / 1000}000000000` : entry[key];
      if (typeof value !== "string" && typeof value !== "number")
        throw new Error(`the truth holds a value of another kind: ${key}`);
      return `${JSON.stringify(key)}:${JSON.stringify(String(value))}`;
    });
  return `{${members.join(",")}}`;
}

export function dayOf(line: string): number {
  return Math.floor(Date.parse((JSON.parse(line) as { timestamp: string }).timestamp) / 86_400_000);
}

/** The uid of the `ordinal`-th of identical entries. */
export function uidOf(line: string, instance: string, ordinal: number): string {
  const text = [instance, lasting(line), dayOf(line), ordinal].join("\u001f");
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** The uid of every entry of the truth, with what of the entry never changes. Twins are numbered from 1. */
export function expectedUids(lines: readonly string[], instance: string): Map<string, string> {
  const seen = new Map<string, number>();
  const uids = new Map<string, string>();
  for (const line of lines) {
    const text = lasting(line);
    const ordinal = (seen.get(text) ?? 0) + 1;
    seen.set(text, ordinal);
    uids.set(uidOf(line, instance, ordinal), text);
  }
  return uids;
}
