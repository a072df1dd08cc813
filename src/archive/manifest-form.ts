type Member = (value: unknown) => boolean;

const text: Member = (value) => typeof value === "string";
const count: Member = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const date: Member = (value) => typeof value === "string" && !Number.isNaN(Date.parse(`${value}T00:00:00Z`));
const time: Member = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
const textOrNull: Member = (value) => value === null || text(value);
const list =
  (of: Member): Member =>
  (value) =>
    Array.isArray(value) && value.every(of);
const object =
  (members: Readonly<Record<string, Member>>): Member =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(members).every(([name, is]) => is((value as Readonly<Record<string, unknown>>)[name]));

const outcome = object({
  ...{ output: text, delivered: count, filtered: count, dead: count },
  ...{ dropped: count, skipped: count, lost: count, pending: count },
});

const form = object({
  ...{ number: count, date, written: time, previous: textOrNull, recovered: textOrNull },
  days: list(
    object({
      ...{ source: text, instance: text, day: date, closing: count, closed_at: time, digest: text },
      ...{ records: count, identities: count, kept: count, outputs: list(outcome) },
    }),
  ),
  files: list(object({ name: text, size: count, sha256: text, records: count })),
  gaps: list(object({ source: text, day: date, reason: text })),
  dead_letters: list(object({ output: text, reason: text, events: count })),
});

/** Whether that has the form of a manifest: whoever may write to an archive may put anything there. */
export function isManifest(value: unknown): boolean {
  return form(value);
}
