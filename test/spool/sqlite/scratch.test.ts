import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inMemory } from "../../../src/spool/sqlite/database.ts";
import { scratchRoom } from "../../../src/spool/sqlite/scratch.ts";

const blockBytes = 512;
const block = (fill: number) => Buffer.alloc(blockBytes, fill);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "scratch-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe.each(["on disk", "in memory"])("scratch %s", (where) => {
  const open = () => scratchRoom(where === "on disk" ? directory : inMemory, () => {}).make(blockBytes);

  it("gives back each block as it was written last, and leaves no file", () => {
    const [scratch, other] = [open(), open()];
    scratch.write(0, Buffer.concat([block(1), block(2), block(3)]));
    scratch.write(1, block(4));
    scratch.write(200, block(5));
    other.write(0, block(9));
    const into = block(0);
    const read = [0, 1, 2, 200].map((at) => {
      scratch.read(at, into);
      return into.equals(block(into[0] as number)) ? into[0] : undefined;
    });
    expect(read).toEqual([1, 4, 3, 5]);
    const two = Buffer.alloc(2 * blockBytes);
    scratch.read(1, two);
    expect(two.equals(Buffer.concat([block(4), block(3)]))).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
    scratch.close();
    other.close();
  });
});

describe("scratch on disk", () => {
  it("takes the place of what a killed process left", () => {
    writeFileSync(join(directory, "SCRATCH"), "left");
    const scratch = scratchRoom(directory, () => {}).make(blockBytes);
    expect(existsSync(join(directory, "SCRATCH"))).toBe(false);
    scratch.close();
  });

  it("never gives back what was not written", () => {
    const scratch = scratchRoom(directory, () => {}).make(blockBytes);
    scratch.write(0, block(1));
    expect(() => scratch.read(1, block(0))).toThrow(/disk of state_dir failed/);
    const descriptor = openOfScratch();
    writeSync(descriptor, "x", 100);
    closeSync(descriptor);
    expect(() => scratch.read(0, block(0))).toThrow(/disk of state_dir failed/);
    scratch.write(1, block(2));
    // Of several each is looked at, and all have to be there.
    scratch.write(0, block(1));
    scratch.read(0, Buffer.alloc(2 * blockBytes));
    expect(() => scratch.read(0, Buffer.alloc(3 * blockBytes))).toThrow(/disk of state_dir failed/);
    const again = openOfScratch();
    writeSync(again, "x", blockBytes + 100);
    closeSync(again);
    scratch.read(0, block(0));
    expect(() => scratch.read(0, Buffer.alloc(2 * blockBytes))).toThrow(/disk of state_dir failed/);
    scratch.close();
  });

  it("is gone when its room is closed, and may be closed before and after", () => {
    const room = scratchRoom(directory, () => {});
    const [one, other] = [room.make(blockBytes), room.make(blockBytes)];
    one.close();
    room.close();
    expect(() => other.write(0, block(1))).toThrow(/disk of state_dir failed/);
    other.close();
  });

  it("says that the disk failed where it cannot be made", () => {
    rmSync(directory, { recursive: true });
    expect(() => scratchRoom(directory, () => {}).make(blockBytes)).toThrow(
      /disk of state_dir failed.*ENOENT/,
    );
  });
});

/** A descriptor of our own for the file that has no name. */
function openOfScratch(): number {
  const held = readdirSync("/proc/self/fd").find((each) => {
    try {
      return readlinkSync(`/proc/self/fd/${each}`) === `${join(directory, "SCRATCH")} (deleted)`;
    } catch {
      return false;
    }
  });
  return openSync(`/proc/self/fd/${held}`, "r+");
}
