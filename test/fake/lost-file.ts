import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";

/** A PEM file with an authority in it, which can be lost while something uses it. */
export interface LostFile {
  readonly path: string;
  lose(): void;
}

export function lostFile(): LostFile {
  const folder = mkdtempSync(join(tmpdir(), "lost-file-"));
  const path = join(folder, "ca.pem");
  writeFileSync(path, rootCertificates[0] as string);
  return { path, lose: () => rmSync(folder, { recursive: true, force: true }) };
}
