import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { firstFile } from "./assets.ts";

/** Where Node looks for what it carries, and the mark that says it carries something. */
const resource = "NODE_SEA_BLOB";
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/**
 * As bin/wandb-audit-forwarder.js starts Node (decision 16), and without a debugger's port for whoever may send signals.
 */
const nodeOptions = ["--max-semi-space-size=8", "--disable-sigusr1"];

/** Packs what is carried for Node to read: the same for every machine, because no compiled code is in it. */
export function packAssets(assets: Record<string, string>, root: string, work: string): string {
  const output = join(work, "assets.blob");
  const settings = join(work, "sea.json");
  const config = {
    // Its path is in the executable: it is one within the project.
    main: firstFile,
    output,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    execArgv: nodeOptions,
    // NODE_OPTIONS could have any file loaded before the first one.
    execArgvExtension: "none",
    assets,
  };
  writeFileSync(settings, JSON.stringify(config));
  execFileSync(process.execPath, ["--experimental-sea-config", settings], {
    cwd: root,
    stdio: "pipe",
  });
  return output;
}

/** A copy of this Node that carries these assets and starts with the first file. */
export function writeExecutable(node: string, blob: string, executable: string, root: string): void {
  copyFileSync(node, executable);
  chmodSync(executable, 0o755);
  const injector = join(root, "node_modules/postject/dist/cli.js");
  // It tells of sections without a name, which are none of its business.
  execFileSync(process.execPath, [injector, executable, resource, blob, "--sentinel-fuse", fuse], {
    stdio: "pipe",
  });
  if (!readFileSync(executable).includes(`${fuse}:1`)) throw new Error(`${node} cannot carry anything`);
}
