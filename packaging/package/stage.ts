import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BuildPlace } from "../build-place.ts";
import type { Built } from "../executable.ts";
import { packagedUnit } from "./unit.ts";

/**
 * Puts together what a package has and the project has not as it is: `tree` is what every package has below /usr/share, `doc`
 * its documents, and `deb` what those of Debian have below /usr/share besides.
 */
export function stage(
  executable: string,
  { sbom, notices }: Built,
  maintainer: string,
  { root, work, version, release, builtAt }: BuildPlace,
): string {
  const folder = join(work, "stage");
  const write = (file: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  };
  const text = (file: string) => readFileSync(join(root, file), "utf8");
  write("wandb-audit-forwarder.service", packagedUnit(text("systemd/wandb-audit-forwarder.service")));
  write("wandb-audit-forwarder.8.gz", packed(text("packaging/files/wandb-audit-forwarder.8")));
  copyFileSync(executable, join(folder, "wandb-audit-forwarder"));
  const inDoc = (file: string) => `doc/${file}`;
  write(inDoc("sbom.cdx.json"), readFileSync(sbom));
  write(inDoc("licences.txt.gz"), packed(readFileSync(notices, "utf8")));
  write(inDoc("changelog.gz"), packed(text("CHANGELOG.md")));
  for (const file of readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")))
    write(inDoc(`docs/${file}`), text(`docs/${file}`));
  for (const file of readdirSync(join(root, "config")))
    write(inDoc(`examples/${file}`), text(`config/${file}`));
  // What is installed in a SIEM.
  cpSync(join(root, "content"), join(folder, "tree/wandb-audit-forwarder/content"), { recursive: true });
  write("deb/doc/wandb-audit-forwarder/copyright", text("packaging/deb/copyright"));
  write(
    "deb/doc/wandb-audit-forwarder/changelog.Debian.gz",
    packed(debianChangelog(`${version}-${release}`, maintainer, builtAt)),
  );
  write("deb/lintian/overrides/wandb-audit-forwarder", text("packaging/deb/lintian-overrides"));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  return folder;
}

/** As small as gzip can, and with nothing of the time in it. */
function packed(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

function debianChangelog(version: string, maintainer: string, builtAt: Date): string {
  const date = builtAt.toUTCString().replace("GMT", "+0000");
  return `wandb-audit-forwarder (${version}) unstable; urgency=medium

  * Version ${version}: what has changed is in changelog.gz.

 -- ${maintainer}  ${date}
`;
}
