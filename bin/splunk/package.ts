import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Packs the add-on: the same files give the same bytes, whoever packs them and when (GNU tar and gzip). */
export function packAddOn(to: string): string {
  const folder = new URL("../../content/splunk/", import.meta.url).pathname;
  const conf = readFileSync(join(folder, "TA_wandb_audit/default/app.conf"), "utf8");
  const version = /^\[id\][^[]*^version = (\S+)/m.exec(conf)?.[1] ?? "0.0.0";
  mkdirSync(to, { recursive: true });
  const file = join(to, `TA_wandb_audit-${version}.tgz`);
  const same = [
    "--sort=name",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--mtime=@0",
    "--mode=u=rwX,go=rX",
  ];
  execFileSync("tar", [
    ...same,
    "-C",
    folder,
    "--use-compress-program=gzip -n",
    "-cf",
    file,
    "TA_wandb_audit",
  ]);
  return file;
}

if (import.meta.main) process.stdout.write(`${packAddOn(process.argv[2] ?? "dist-content")}\n`);
