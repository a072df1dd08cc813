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
  "a full disk holds a file in the middle of a line, which is finished when there is room, and no line comes twice",
  () => {
    const { stdout, stderr } = onSmallDisk(
      `${process.execPath} ${join(import.meta.dirname, "fill-file.ts")} ${directory}`,
    );
    rmSync(directory, { recursive: true, force: true });
    expect(stderr).not.toContain("Error");
    expect(JSON.parse(stdout)).toEqual({
      reason: ["disk_full", true],
      torn: true,
      still: "disk_full",
      warned: true,
      after: "delivered",
      once: true,
      all: true,
      many: true,
      room: true,
    });
  },
);
