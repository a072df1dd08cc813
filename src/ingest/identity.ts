import { hash } from "node:crypto";
import { canonicalEntry } from "../record/canonical-entry.ts";
import { type Entry, isAbsent } from "../record/entry.ts";
import type { Instant } from "../time/clock.ts";
import { commonIdentity, longestCommon } from "./common-identity.ts";

const separator = "\u001f";
const secondsPerDay = 86_400;

/** What follows the entry in what is hashed, for the first of its twins on a UTC day. */
export function tailOfDay(day: number): string {
  return `${day}${separator}1`;
}

/**
 * 16 bytes as so many characters, each of one byte (Latin-1): half a hexadecimal text, and made in half the
 * time.
 */
export type Identity = string;

/** An identity, or a uid, as 32 hexadecimal digits. */
export function uidText(uid: Identity): string {
  return Buffer.from(uid, "binary").toString("hex");
}

/**
 * What an entry is known by: the same for the API's and the bucket's copy, whatever names are filled in.
 * `day` is the UTC day of its time or, without one, of its first observation. It is the uid of the first of
 * identical entries.
 */
export function identityOf(entry: Entry, time: Instant | undefined, instance: string, day: number): Identity {
  return uidOf(entry, time, instance, day, 1);
}

/** The uid of the `ordinal`-th (from 1) of identical entries of a day. */
export function uidOf(
  entry: Entry,
  time: Instant | undefined,
  instance: string,
  day: number,
  ordinal: number,
): Identity {
  return entryDigest(instance, entry, time, String(day), ordinal);
}

/**
 * The key in the ledger: the identity, but for an undated entry without a day, so that it is still known
 * tomorrow.
 */
export function ledgerIdentity(entry: Entry, time: Instant | undefined, instance: string): Identity {
  const day = time === undefined ? "" : String(Math.floor(time.seconds / secondsPerDay));
  return entryDigest(instance, entry, time, day, 1);
}

/** Like `ledgerIdentity` for a record that is no entry: its bytes are all there is to know it by. */
export function faultIdentity(bytes: Buffer, instance: string): Identity {
  return textDigest(instance, bytesText(bytes), "", 1);
}

/** Like `uidOf` for a record that is no entry. */
export function faultUid(bytes: Buffer, instance: string, day: number, ordinal: number): Identity {
  return textDigest(instance, bytesText(bytes), String(day), ordinal);
}

/**
 * Of compact JSON with sorted keys. A number equals the string of its digits, because backends disagree about
 * ids; a timestamp that is no time stays as it was written.
 */
function entryDigest(
  instance: string,
  entry: Entry,
  time: Instant | undefined,
  day: string,
  ordinal: number,
): Identity {
  const tail = `${day}${separator}${ordinal}`;
  const isCommon = entry.bytes.length <= longestCommon && hasKnownKeys(entry);
  return (
    (isCommon && commonIdentity(entry, time, instance, tail)) ||
    textDigest(instance, canonicalEntry(entry, time), day, ordinal)
  );
}

/** What is left out of the identity aside. */
function hasKnownKeys(entry: Entry): boolean {
  if (entry.regular) return true;
  for (let at = 0; at < entry.size; at += 1) if (entry.known(at) === -1 && !isAbsent(entry, at)) return false;
  return true;
}

function textDigest(instance: string, content: string, day: string, ordinal: number): Identity {
  return digest(instance + separator + content + separator + day + separator + ordinal);
}

function digest(content: string): Identity {
  return hash("sha256", content, "binary").slice(0, 16);
}

/** The bytes may be no text at all, and any number of them. */
function bytesText(bytes: Buffer): string {
  return hash("sha256", bytes, "hex");
}
