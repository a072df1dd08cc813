import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The key that a build signs with: a file with an OpenPGP secret key, and what opens it. */
export interface SigningKey {
  readonly file: string;
  readonly passphrase: string;
}

/** The key that the environment names; undefined: nothing is signed. */
export function signingKey(environment: NodeJS.ProcessEnv): SigningKey | undefined {
  const { PACKAGE_SIGNING_KEY: file = "", PACKAGE_SIGNING_PASSPHRASE: passphrase = "" } = environment;
  return file === "" ? undefined : { file, passphrase };
}

/** Writes the hashes of everything that was built, for `sha256sum -c`, and signs them. */
export function writeChecksums(out: string, key: SigningKey | undefined): void {
  const sums = join(out, "SHA256SUMS");
  const signature = `${sums}.asc`;
  const built = readdirSync(out).filter((name) => name.startsWith("wandb-audit-forwarder"));
  const lines = built.sort().map((name) => {
    const hash = createHash("sha256")
      .update(readFileSync(join(out, name)))
      .digest("hex");
    return `${hash}  ${name}\n`;
  });
  writeFileSync(sums, lines.join(""));
  rmSync(signature, { force: true });
  if (key !== undefined) sign(sums, signature, key);
}

/** By a gpg that knows this key alone and forgets it. The passphrase goes through a pipe: arguments are for everybody to see. */
function sign(file: string, signature: string, { file: key, passphrase }: SigningKey): void {
  const home = mkdtempSync(join(tmpdir(), "signing-"));
  const gpg = (...args: string[]) => {
    const unlocked = ["--pinentry-mode", "loopback", "--passphrase-fd", "0"];
    const all = ["--homedir", home, "--batch", "--quiet", ...unlocked, ...args];
    const { status, stderr, error } = spawnSync("gpg", all, { input: passphrase, encoding: "utf8" });
    if (status !== 0) throw new Error(`gpg does not sign: ${error?.message ?? stderr}`);
  };
  try {
    gpg("--import", key);
    gpg("--armor", "--output", signature, "--detach-sign", file);
  } finally {
    spawnSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
    rmSync(home, { recursive: true, force: true });
  }
}
