import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { dirname } from "node:path";
import { builtin } from "../builtin.ts";
import { smallFile } from "../small-file.ts";

const { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, writeSync } = builtin("node:fs");

/**
 * The Ed25519 key in a PEM file (PKCS #8). Throws an Error that says what is wrong with the file, and nothing
 * of what is in it.
 */
export function readAttestKey(path: string): KeyObject {
  const { bytes, mode } = smallFile(path);
  if ((mode & 0o077) !== 0) throw new Error(`${path} may be read by others: chmod 600 ${path}`);
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(bytes);
  } catch {
    // Said below.
  }
  if (key?.asymmetricKeyType !== "ed25519")
    throw new Error(`${path} is no private Ed25519 key: make one with openssl genpkey -algorithm ed25519`);
  return key;
}

/** The same; where the file is not there, a key is made first. */
export function readOrMakeAttestKey(path: string): KeyObject {
  if (!existsSync(path)) make(path);
  return readAttestKey(path);
}

/** Whole or not at all: it appears under its name when it is on disk. */
function make(path: string): void {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  withDescriptor(openSync(unfinished, "wx", 0o600), (descriptor) => {
    writeSync(descriptor, pem);
    fsyncSync(descriptor);
  });
  linkSync(unfinished, path);
  rmSync(unfinished);
  withDescriptor(openSync(dirname(path), "r"), fsyncSync);
}

function withDescriptor(descriptor: number, use: (descriptor: number) => void): void {
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
