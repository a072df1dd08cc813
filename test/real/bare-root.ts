import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DaemonProcess, startProcess } from "../system/whole/daemon.ts";

const cache = join(process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real"), "packaging");
const root = join(import.meta.dirname, "../..");

/** What `test/real/packaging/build` has made of these sources. */
export const packages = join(cache, "packages", stampOfSources());
export const packagesAreHere = process.getuid?.() === 0 && existsSync(join(packages, "complete"));
/** Why tests with them skip, for their names. */
export const whyNoPackages =
  "skipped where `test/real/packaging/build` has not been run, as root, on these sources";

function stampOfSources(): string {
  return execFileSync(join(root, "test/real/packaging/stamp"), { encoding: "utf8" }).trim();
}

/** The libraries of an arm64 machine, and whether this one can run its programs. */
export const armRoot = join(cache, "arm64-1");
export const armIsHere = packagesAreHere && existsSync(armRoot);

/** What a command has said and how it ended. */
export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return children
      .split(" ")
      .filter((one) => one !== "")
      .map(Number);
  } catch {
    return [];
  }
}

/** A minimal Debian in a folder, with its own processes and the network of this machine. It has no Node. */
export interface BareRoot {
  readonly folder: string;
  /** Runs a line of shell in it, as root. */
  shell(line: string, environment?: Readonly<Record<string, string>>): Said;
  /** Runs a command of this machine that works on it, while it has its /proc. */
  onIt(command: string, ...args: string[]): Said;
  /** Starts a program in it as this user. */
  start(user: string, args: readonly string[], environment: Readonly<Record<string, string>>): DaemonProcess;
  write(file: string, text: string): void;
  /** Puts a file of this machine into its /tmp, and says where that is. */
  bring(file: string): string;
  remove(): void;
}

export function bareRoot(): BareRoot {
  const folder = mkdtempSync(join(tmpdir(), "bare-"));
  execFileSync("tar", ["-xf", join(cache, "bookworm-1.tar"), "-C", folder, "--exclude=./dev/*"]);
  // The kernel would make these; a chroot of ours has them by a mount that goes away with the command.
  const own = ["--mount", "--pid", "--fork", "--kill-child", `--mount-proc=${join(folder, "proc")}`];
  const entered = `mount --rbind /dev ${folder}/dev && exec chroot ${folder} "$@"`;
  const inside = [...own, "sh", "-c", entered, "sh"];
  const base = {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
    DEBIAN_FRONTEND: "noninteractive",
  };
  const run = (args: readonly string[], environment = {}): Said =>
    spawnSync("unshare", args, { encoding: "utf8", env: { ...base, ...environment }, timeout: 120_000 });
  return {
    folder,
    shell: (line, environment) => run([...inside, "sh", "-c", line], environment),
    onIt: (command, ...args) => run([...own, command, ...args]),
    start(user, args, environment) {
      const as = ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--no-new-privs"];
      const daemon = startProcess("unshare", [...inside, ...as, ...args], { ...base, ...environment });
      // The first process of its own namespace. Who changed the user is not ended together with who started it.
      return {
        ...daemon,
        kill: (signal) => {
          for (const pid of childrenOf(daemon.pid)) process.kill(pid, signal);
        },
      };
    },
    write(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    bring(file) {
      const name = file.split("/").at(-1) as string;
      copyFileSync(file, join(folder, "tmp", name));
      return `/tmp/${name}`;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
