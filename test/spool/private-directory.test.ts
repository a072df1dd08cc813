import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemRandom } from "../../src/random.ts";
import { exposedBy, openToOthers, prepareStateDirectory } from "../../src/spool/private-directory.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import { stateFiles } from "../../src/spool/state-directory.ts";
import { systemClock } from "../../src/time/clock.ts";
import { loosenAsKubelet } from "../fake/kubelet.ts";
import { keep, record } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

const root = process.getuid?.() === 0;
const self = process.getuid?.();
const extFileSystem = () => 0xef53;

let folder: string;
let directory: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "private-"));
  directory = join(folder, "state");
});
afterEach(() => rmSync(folder, { recursive: true }));

const rules = { uid: self, fileSystemType: extFileSystem };
const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);
const unsafe = (message: RegExp, fix: RegExp) =>
  expect.objectContaining({
    failure: "unsafe_directory",
    message: expect.stringMatching(message),
    fix: expect.stringMatching(fix),
  });

describe("a state directory of ours that others got rights to", () => {
  it("is private again after a start, with every file in it, and what was open is told", () => {
    mkdirSync(directory, { mode: 0o700 });
    const names = ["spool.db", "spool.db-wal", "spool.db-shm", "STATE", "LOCK", "spool.db.corrupt-2026"];
    for (const name of names) writeFileSync(join(directory, name), "", { mode: 0o600 });
    loosenAsKubelet(folder, process.getgid?.() ?? 0);
    expect([mode(directory), mode(join(directory, "spool.db-wal"))]).toEqual(["2770", "660"]);
    const open = { directory, mode: 0o2770, files: names.length };
    expect(openToOthers(stateFiles(directory), rules)).toEqual(open);
    expect(mode(directory)).toBe("2770");
    expect(prepareStateDirectory(stateFiles(directory), rules)).toEqual(open);
    expect([mode(directory), ...names.map((name) => mode(join(directory, name)))]).toEqual([
      "700",
      ...names.map(() => "600"),
    ]);
    expect(prepareStateDirectory(stateFiles(directory), rules)).toBeUndefined();
  });

  it("loses what others may do to a file also where the directory kept them out", () => {
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(join(directory, "spool.db"), "");
    chmodSync(join(directory, "spool.db"), 0o644);
    expect(prepareStateDirectory(stateFiles(directory), rules)).toEqual({
      directory,
      mode: undefined,
      files: 1,
    });
    expect(mode(join(directory, "spool.db"))).toBe("600");
  });

  it("opens with the records in it, and nothing that SQLite makes beside them is open", () => {
    const state = new SpoolDirectory();
    try {
      keep(state.open(), "prod", [record("a")]);
      state.close();
      loosenAsKubelet(state.path, process.getgid?.() ?? 0);
      const told: unknown[] = [];
      const store = state.open({ uid: self, onTightened: (open) => told.push(open) });
      expect(store.head()).toBe(1);
      keep(store, "prod", [record("b")]);
      expect(told).toEqual([expect.objectContaining({ mode: 0o2770 })]);
      expect(readdirSync(state.path)).toContain("spool.db-wal");
      for (const name of readdirSync(state.path))
        expect([name, mode(state.file(name))]).toEqual([name, "600"]);
      state.open({ uid: self, onTightened: (open) => told.push(open) });
      expect(told).toHaveLength(1);
    } finally {
      state.remove();
    }
  });

  it("is refused when every user had rights to it, with the command that mends it", () => {
    mkdirSync(directory, { mode: 0o700 });
    for (const open of [0o777, 0o755, 0o701]) {
      chmodSync(directory, open);
      for (const look of [openToOthers, prepareStateDirectory])
        expect(() => look(stateFiles(directory), rules)).toThrow(
          unsafe(/is open to every user \(mode 7/, new RegExp(`chmod 700 ${directory}`)),
        );
      expect(mode(directory)).toBe(open.toString(8));
    }
  });

  it("is refused where the file system keeps no permissions", () => {
    mkdirSync(directory, { mode: 0o700 });
    const forgetful = {
      ...rules,
      fileSystemType: () => {
        chmodSync(directory, 0o770);
        return 0x4d44;
      },
    };
    expect(() => prepareStateDirectory(stateFiles(directory), forgetful)).toThrow(
      unsafe(/stays open to other users \(mode 770\)/, /ext4/),
    );
  });

  it.skipIf(!root)("is refused with a file of somebody else in it (skipped: needs root)", () => {
    mkdirSync(directory, { mode: 0o700 });
    chownSync(directory, 65_532, 65_532);
    const ours = { uid: 65_532, fileSystemType: extFileSystem };
    const files = stateFiles(directory);
    writeFileSync(files.rebuild, "");
    expect(prepareStateDirectory(files, ours), "root may lay down REBUILD").toBeUndefined();
    writeFileSync(files.database, "");
    chownSync(files.database, 1000, 1000);
    chmodSync(directory, 0o2770);
    for (const look of [openToOthers, prepareStateDirectory])
      expect(() => look(files, ours)).toThrow(
        unsafe(/spool\.db belongs to user 1000, not to 65532/, /chown 65532/),
      );
    // The next start must not find it private and take the file for ours.
    expect(mode(directory)).toBe("2770");
  });
});

describe("a directory of another user", () => {
  const stranger = { uid: 4_000_000, fileSystemType: extFileSystem };

  it("in which we may make folders is a volume: the fix is a folder in it", () => {
    mkdirSync(directory, { mode: 0o700 });
    chmodSync(directory, 0o2775);
    expect(() => prepareStateDirectory(stateFiles(directory), stranger)).toThrow(
      unsafe(
        /belongs to user \d+, not to 4000000/,
        new RegExp(`set state_dir to a folder in it, such as ${directory}/state`),
      ),
    );
    expect(mode(directory)).toBe("2775");
  });

  it("in which we may not is not for us: the fix is its user", () => {
    mkdirSync(directory, { mode: 0o500 });
    // Root may write anywhere, so for root it is the user that decides.
    if (root) chownSync(directory, 1000, 1000);
    const we = root ? { ...rules, uid: 0 } : stranger;
    expect(() => prepareStateDirectory(stateFiles(directory), we)).toThrow(
      unsafe(/belongs to user/, /^run this as that user: setpriv --reuid/),
    );
  });
});

it("a folder above in which every user may write is told, and one with the sticky bit is none", () => {
  const open = join(mkdtempSync(join(tmpdir(), "exposed-")), "open");
  const state = join(open, "deep", "state");
  mkdirSync(join(open, "deep"), { recursive: true });
  chmodSync(open, 0o777);
  const told: string[] = [];
  const options = { maxBytes: 1e9, keepDelivered: 0, clock: systemClock, random: systemRandom };
  openStore({ ...options, stateDir: state, onExposed: (above) => told.push(above) }).close();
  expect(told).toEqual([open]);
  expect(exposedBy(state)).toBe(open);
  chmodSync(open, 0o1777);
  expect(exposedBy(state)).toBeUndefined();
  rmSync(join(open, ".."), { recursive: true });
});
