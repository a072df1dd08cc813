import { z } from "zod";
import { type KnownKey, knownKeys } from "../record/known-keys.ts";
import { momentOf } from "./moment.ts";
import { secret } from "./parts.ts";

const until = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day, such as 2026-12-01")
  .transform((text, context) => {
    const ms = momentOf(text);
    if (ms === undefined) context.addIssue("is no day of the calendar");
    return (ms ?? Number.NaN) / 1000;
  })
  .describe(
    "A day, such as `2026-12-01`: events that were first seen from then on (UTC) carry no pseudonyms of this key. It stays here for the command `pseudonym`. Absent: they carry them as long as it is listed.",
  );

const pseudonymKey = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9]{1,16}$/, "use 1 to 16 of a-z and 0-9")
    .optional()
    .describe(
      "Stands in front of its pseudonyms, as in `k2_…`. Absent for a key that was `key` before: its pseudonyms stay what they were.",
    ),
  key: secret().describe("The key: 32 random bytes, such as `openssl rand -hex 32` makes."),
  until: until.optional(),
});

/** The `redact` of an output. */
export const redact = z
  .strictObject({
    drop: z
      .array(z.string().min(1))
      .default([])
      .describe("Keys of the W&B record to leave out, such as `actor_email`."),
    pseudonymize: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "Keys whose value is replaced by a keyed hash (HMAC-SHA-256, 16 bytes as hex): equal values stay equal.",
      ),
    key: secret().optional().describe("Key of the keyed hash, where it is never changed; else `keys`."),
    keys: z
      .array(pseudonymKey)
      .min(1)
      .max(8)
      .optional()
      .describe(
        "Keys of the keyed hash. The first makes the pseudonyms; those of the others go along in `pseudonyms`, until their day.",
      ),
  })
  .superRefine(({ pseudonymize, key, keys }, context) => {
    const issue = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (pseudonymize.length > 0 && key === undefined && keys === undefined)
      issue(["keys"], "needed with pseudonymize: a list of id and key, or key alone");
    if (key !== undefined && keys !== undefined)
      issue(["keys"], "has no meaning beside key: make that the last of keys, without an id");
    if (keys?.[0]?.until !== undefined)
      issue(["keys", 0, "until"], "the first key makes the pseudonyms: put the new one in front of it");
    keys?.forEach(({ id }, at) => {
      if (keys.findIndex((each) => each.id === id) < at)
        issue(
          ["keys", at, "id"],
          id === undefined ? "only one key may be without an id" : "is another key's id",
        );
    });
  })
  .describe(
    "Personal data to remove before anything leaves. The original record is rewritten too, so it does not leak what the fields hide.",
  );
/** What the schema makes of it. */
export type RedactConfig = z.output<typeof redact>;

const known: ReadonlySet<string> = new Set<KnownKey>(knownKeys);

/** Whether W&B is known to write this key. Others may be in a record all the same. */
export function isKnownKey(name: string): boolean {
  return known.has(name);
}
