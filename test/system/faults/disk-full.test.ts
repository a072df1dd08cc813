import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const directory = mkdtempSync(join(tmpdir(), "small-disk-"));
/** A file system of a few megabytes that only this command sees. Needs rights that not every machine gives. */
const onSmallDisk = (command: string) =>
  spawnSync("unshare", ["-m", "sh", "-c", `mount -t tmpfs -o size=6m none ${directory} && ${command}`], {
    encoding: "utf8",
  });
const possible = onSmallDisk("true").status === 0;

it.skipIf(!possible)(
  "a full disk stops appends alone, loses nothing, and is over by itself when there is room",
  () => {
    const { stdout, stderr } = onSmallDisk(
      `${process.execPath} ${join(import.meta.dirname, "fill-disk.ts")} ${directory}`,
    );
    rmSync(directory, { recursive: true, force: true });
    expect(stderr).not.toContain("Error");
    expect(JSON.parse(stdout)).toEqual({
      full: "full",
      again: "full",
      whileFull: true,
      head: 0,
      delivered: 0,
      balanced: 0,
      reopened: 0,
      withRoom: false,
      after: "kept",
      last: 1,
      onNothing: "full",
      scratch: "full",
      scratchFull: true,
      untouched: true,
      forReplay: "kept",
      fewer: true,
      enough: true,
    });
  },
);
