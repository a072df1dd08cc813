import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { isManifest } from "./manifest-form.ts";
import { sha256 } from "./sha256.ts";

/** A UTC day of a source that was closed, as `ClosedDay` has it. */
export interface ManifestDay {
  readonly source: string;
  readonly instance: string;
  readonly day: string;
  readonly closing: number;
  readonly closed_at: string;
  readonly records: number;
  readonly identities: number;
  readonly digest: string;
  /** How many records of the day had been kept of its instance by then, whichever source showed them. */
  readonly kept: number;
  /** What became of those that this source showed first, by output: as it stood when this was written. */
  readonly outputs: readonly {
    readonly output: string;
    readonly delivered: number;
    readonly filtered: number;
    readonly dead: number;
    readonly dropped: number;
    readonly skipped: number;
    readonly lost: number;
    readonly pending: number;
  }[];
}

/** A file of the archive. */
export interface ManifestFile {
  readonly name: string;
  /** Bytes, and SHA-256 over them. */
  readonly size: number;
  readonly sha256: string;
  readonly records: number;
}

/**
 * What is vouched for on a UTC date: what was closed, stored and found wanting since the manifest before it.
 * Each names that one, so that none can be changed, left out or put in between without all behind it.
 */
export interface Manifest {
  readonly version: 1;
  /** From 0, without holes. */
  readonly number: number;
  /** The date, and when it was written. */
  readonly date: string;
  readonly written: string;
  /** SHA-256 over the text of the manifest before it; null of the first. */
  readonly previous: string | null;
  /** Why it does not follow the one that the state knew last; null where it does. */
  readonly recovered: string | null;
  readonly days: readonly ManifestDay[];
  readonly files: readonly ManifestFile[];
  /** Days that a source could not show, as they stand. */
  readonly gaps: readonly { readonly source: string; readonly day: string; readonly reason: string }[];
  /** Events that were given up and wait for a person, by output and reason, as they stand. */
  readonly dead_letters: readonly {
    readonly output: string;
    readonly reason: string;
    readonly events: number;
  }[];
}

/** A manifest that was read, and what proves it. */
export interface SignedManifest {
  readonly manifest: Manifest;
  /** SHA-256 over its text, signature and key included: what the next one names. */
  readonly hash: string;
  /** Of the key that it is signed with. */
  readonly fingerprint: string;
  /** Whether that key has signed this. */
  readonly isSigned: boolean;
}

/** How long a manifest may be that is read, bytes: to look into one costs many times as much memory. */
export const longestManifest = 8 * 1024 * 1024;
/** So much a manifest names at most, so that each can be read; the rest is for the next one. */
export const mostNamed = { files: 10_000, days: 2000 };

/** Where the manifest with a number stands in an archive: no other can have its place. */
export function manifestName({ number }: Pick<Manifest, "number">): string {
  return `manifests/${String(number).padStart(6, "0")}.json`;
}

/** The number in the name of a manifest; undefined where that is none: they stand nowhere else. */
export function manifestNumber(name: string): number | undefined {
  const digits = /^manifests\/(\d{6,9})\.json$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** What a public key is called: SHA-256 over its SPKI DER, as 64 hexadecimal digits. */
export function fingerprintOf(key: KeyObject): string {
  return sha256(key.export({ type: "spki", format: "der" }));
}

/**
 * The text of a manifest: one line of JSON, and a line with the public key and the Ed25519 signature
 * (RFC 8032) over the bytes of the first, without its line feed.
 */
export function signedText(manifest: Manifest, key: KeyObject): string {
  const line = JSON.stringify(manifest);
  return `${line}\n${proofLine(sign(null, Buffer.from(line), key), createPublicKey(key))}\n`;
}

/** Reads the text of a manifest. Throws an Error that says what is wrong with it. */
export function readManifest(text: string): SignedManifest {
  const [line = "", proof = "", ...rest] = text.split("\n");
  if (rest.join("\n") !== "") throw new Error("there is more in it than a manifest and its signature");
  const manifest = manifestIn(line);
  const { signature, key } = proofIn(proof);
  if (rest.length === 0) throw new Error("its second line has no end");
  return {
    manifest,
    hash: sha256(text),
    fingerprint: fingerprintOf(key),
    isSigned: verify(null, Buffer.from(line), key, signature),
  };
}

function manifestIn(line: string): Manifest {
  const found = parsed(line, "its first line");
  const { version } = found as Partial<Manifest>;
  if (version !== 1) throw new Error(`it has the version ${JSON.stringify(version)}, and 1 is known`);
  if (!isManifest(found)) throw new Error("it is no manifest");
  return found as Manifest;
}

function proofIn(line: string): { readonly signature: Buffer; readonly key: KeyObject } {
  const { signature, public_key: text } = parsed(line, "its second line") as Record<string, unknown>;
  if (typeof signature !== "string" || typeof text !== "string") throw new Error("it has no signature");
  try {
    const key = createPublicKey({ key: Buffer.from(text, "base64"), type: "spki", format: "der" });
    if (key.asymmetricKeyType !== "ed25519") throw new Error("another kind");
    if (proofLine(Buffer.from(signature, "base64"), key) === line)
      return { signature: Buffer.from(signature, "base64"), key };
  } catch {
    throw new Error("the key that it names is no Ed25519 key");
  }
  throw new Error("its second line is not as it was written");
}

function proofLine(signature: Buffer, key: KeyObject): string {
  return JSON.stringify({
    signature: signature.toString("base64"),
    public_key: key.export({ type: "spki", format: "der" }).toString("base64"),
  });
}

function parsed(line: string, what: string): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new Error(`${what} is no JSON object`);
}
