import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { keep, move, record, settled } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

const state = new SpoolDirectory();
afterEach(() => state.remove());

/** What this process has open in the state directory. */
const openFiles = () =>
  readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`);
      return path.startsWith(state.path) ? [path.slice(state.path.length + 1)] : [];
    } catch {
      // That of the folder itself, which was read.
      return [];
    }
  });

it.skipIf(process.platform !== "linux")("a start that fails leaves no file open, as /proc tells", () => {
  const from = { outputs: ["siem"], places: new Map([["siem", ["hec"]]]) };
  const before = state.open(from);
  const large = { bytes: Buffer.alloc(8_000) };
  keep(before, "prod", [record("a", large), record("b", large)]);
  // A start reads the chunk that an output is in the midst of.
  before.settle("siem", move(1, settled(before.read(0, { events: 1, bytes: 1 })).counts));
  expect(openFiles()).toContain("records-000001");
  const to = { outputs: ["splunk"], places: new Map([["splunk", ["hec"]]]) };
  const onRename = () => {
    expect(openFiles()).toContain("records-000001");
    throw new Error("no");
  };
  expect(() => state.open({ ...to, onRename })).toThrow("no");
  expect(openFiles()).toEqual([]);
});

it("a state that SQLite cannot open is one that cannot be used, and no bug", () => {
  // Longer than a path of SQLite's may be.
  const stateDir = join(state.path, ...Array(3).fill("x".repeat(200)));
  expect(() => state.open({ stateDir })).toThrow(
    expect.objectContaining({ name: "SpoolError", failure: "io", fix: expect.stringContaining("state_dir") }),
  );
});
