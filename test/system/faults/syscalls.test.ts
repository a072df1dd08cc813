import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { all } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

const strace = (args: readonly string[], command: readonly string[]) =>
  spawnSync("strace", ["-f", "-qq", ...args, ...command], { encoding: "utf8" });
const possible = strace(["-o", "/dev/null", "-e", "trace=fsync"], ["true"]).status === 0;
const append = (directory: string, count: number) => [
  process.execPath,
  join(import.meta.dirname, "append-and-tell.ts"),
  directory,
  String(count),
];

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

describe.skipIf(!possible)("seen from the kernel", () => {
  it("every commit is synced to disk before the call returns", () => {
    const log = `${state.path}.strace`;
    strace(["-o", log, "-e", "trace=fsync,fdatasync"], append(state.path, 30));
    expect(readFileSync(log, "utf8").match(/sync\(/g)?.length).toBeGreaterThanOrEqual(30);
  });

  it("after a failed sync nothing is acknowledged any more, and a restart goes on from the disk", () => {
    state.open();
    state.close();
    const inject = (when: number) => {
      const { stdout } = strace(
        ["-o", "/dev/null", "-e", `inject=fsync,fdatasync:error=EIO:when=${when}`],
        append(state.path, 6),
      );
      return JSON.parse(stdout) as string[];
    };
    for (const when of [1, 3, 6]) {
      state.close();
      const said = inject(when);
      const first = said.findIndex((each) => each !== "kept");
      expect(first).toBeGreaterThanOrEqual(0);
      expect(said.slice(first).every((each) => each.endsWith("io"))).toBe(true);
      const before = state.open().head();
      expect(before).toBeGreaterThanOrEqual(first);
      expect(state.open().read(0, all)).toHaveLength(before);
    }
  });
});
