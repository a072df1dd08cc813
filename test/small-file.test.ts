import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { smallFile } from "../src/small-file.ts";

const folder = mkdtempSync(join(tmpdir(), "small-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a small file", () => {
  it.each([0, 1, 1000, 2 ** 20])("is read whole with %i bytes", (size) => {
    const path = join(folder, `of-${size}`);
    writeFileSync(path, Buffer.alloc(size, 7));
    chmodSync(path, 0o640);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    expect(smallFile(path)).toEqual({
      bytes: Buffer.alloc(size, 7),
      mode: 0o640,
      writtenAt: 1_700_000_000_000,
    });
  });

  it("is read whole where its size is not known beforehand", () => {
    expect(smallFile("/proc/self/status").bytes.toString()).toContain("Name:");
  });

  it("is neither a folder, a pipe that nobody writes to, nor larger", () => {
    const [pipe, large] = [join(folder, "pipe"), join(folder, "large")];
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    writeFileSync(large, Buffer.alloc(2 ** 20 + 1));
    expect(() => smallFile(folder)).toThrow("it is a folder");
    expect(() => smallFile(pipe)).toThrow("it is not a regular file");
    expect(() => smallFile(large)).toThrow("it is larger than 1 MiB");
    expect(smallFile(large, 2).bytes).toHaveLength(2 ** 20 + 1);
    expect(() => smallFile(join(folder, "none"))).toThrow("ENOENT");
  });
});
