import { createHmac } from "node:crypto";
import type { RedactConfig } from "../schema/redact.ts";
import type { Secret } from "../secret/secret.ts";

/** A key that pseudonyms are made with. */
export interface PseudonymKey {
  /** Stands in front of each of its pseudonyms. Absent: nothing does. */
  readonly id: string | undefined;
  readonly key: Secret;
  /** Epoch seconds: events that were first seen from then on do not carry its pseudonyms any more. */
  readonly until: number | undefined;
}

/** The keys of an output: the first makes the pseudonyms, those of the others go along for a time. */
export function pseudonymKeys({
  key,
  keys = [],
}: Pick<RedactConfig, "key" | "keys">): readonly PseudonymKey[] {
  const single = key === undefined ? [] : [{ id: undefined, key, until: undefined }];
  return [...single, ...keys.map(({ id, key, until }) => ({ id, key, until }))];
}

/**
 * What stands for a text: 16 bytes of a keyed hash (HMAC-SHA-256) as hexadecimal digits, behind the id of the
 * key. The same text and key give the same, whatever the output and the member that it is in.
 */
export function pseudonymOf(text: string, { id, key }: PseudonymKey): string {
  const hash = createHmac("sha256", key.reveal()).update(text).digest("hex").slice(0, 32);
  return id === undefined ? hash : `${id}_${hash}`;
}
