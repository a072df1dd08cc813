import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StateChange } from "../../../src/spool/spool-state.ts";
import type { StoreOptions } from "../../../src/spool/sqlite/store-options.ts";
import type { OpenStore } from "../../../src/spool/store.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { all, drain, keep, record } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

const first = { id: "00000000000000aa", name: "first" };
const second = { id: "00000000000000bb", name: "second" };

let state: SpoolDirectory;
let witnessFolder: string;
let told: StateChange[];
let laterMs: number;
beforeEach(() => {
  state = new SpoolDirectory();
  witnessFolder = mkdtempSync(join(tmpdir(), "witness-"));
  told = [];
  laterMs = 0;
});
afterEach(() => {
  state.remove();
  rmSync(witnessFolder, { recursive: true });
});

const clock = { ...systemClock, now: () => systemClock.now() + laterMs };
const options = (more: Partial<StoreOptions> = {}): Partial<StoreOptions> => ({
  host: first,
  clock,
  onStateChange: (change) => told.push(change),
  ...more,
});
const found = () => told.map((change) => change.found);
/** How many records of W&B's it has: what was found is told as one of our own. */
const keptIn = (store: OpenStore) => store.read(0, all).filter(({ source }) => source === "prod").length;

/** A run that keeps something more, and ends in order. */
function run(name: string, more: Partial<StoreOptions> = {}): void {
  keep(state.open(options(more)), "prod", [record(name)]);
  state.close();
}

/** What a kill leaves, as the files of a state directory: the run is not ended, and its log is there. */
function killed(name: string): Map<string, Buffer> {
  const store = state.open(options());
  keep(store, "prod", [record(name)]);
  const left = new Map(
    ["spool.db", "spool.db-wal", "STATE"].map((file) => [file, readFileSync(state.file(file))]),
  );
  state.close();
  return left;
}

function put(files: ReadonlyMap<string, Buffer>): void {
  for (const [file, bytes] of files) writeFileSync(state.file(file), bytes, { mode: 0o600 });
}

it("a run lets nobody else into the database, who could take its log away", () => {
  keep(state.open(options()), "prod", [record("a")]);
  const script = `
    const { DatabaseSync } = require("node:sqlite");
    new DatabaseSync(process.argv[1], { timeout: 0 }).prepare("SELECT 1 FROM chunk").get();
    console.log("let in");
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script, state.file("spool.db")], {
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  expect(stderr).toContain("database is locked");
});

describe("what the last run left", () => {
  it("is told by nobody while nothing happened to it, however it ended", async () => {
    run("a", { witnessFolder });
    run("b", { witnessFolder });
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [
        join(import.meta.dirname, "../start-until-killed.ts"),
        state.path,
        witnessFolder,
      ]);
      await once(child.stdout, "data");
      await systemClock.sleep(round * 7);
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      expect(await exited).toEqual([null, "SIGKILL"]);
      state.open(options({ witnessFolder }));
      state.close();
    }
    expect(state.open(options({ witnessFolder })).head()).toBe(2);
    expect(told).toEqual([]);
  });

  it("is not needed: a state that only commands looked at, or of before, tells nothing", () => {
    keep(state.open(), "prod", [record("a")]);
    run("b");
    state.open().look();
    run("c");
    expect(told).toEqual([]);
  });

  it("stays as it is where the disk is full, and tells nothing wrong", () => {
    const store = state.open(options({ witnessFolder }));
    keep(store, "prod", [record("a")]);
    symlinkSync("/dev/full", state.file("STATE.new"));
    store.look();
    state.close();
    rmSync(state.file("STATE.new"));
    expect(state.open(options({ witnessFolder })).head()).toBe(1);
    expect(told).toEqual([]);
  });

  it("cannot be written on a disk that failed: that is said, and the directory is free", () => {
    state.open(options());
    mkdirSync(state.file("STATE.new"));
    expect(() => state.close()).toThrow(
      expect.objectContaining({ failure: "io", fix: expect.stringContaining("dmesg") }),
    );
    rmSync(state.file("STATE.new"), { recursive: true });
    state.open(options());
    expect(told).toEqual([]);
  });

  it("is another file after a copy, a restore, or a move to another disk, which is told", () => {
    run("a");
    cpSync(state.path, `${state.path}-copy`, { recursive: true });
    rmSync(state.path, { recursive: true });
    renameSync(`${state.path}-copy`, state.path);
    chmodSync(state.path, 0o700);
    expect(keptIn(state.open(options()))).toBe(1);
    expect(told).toMatchObject([{ found: "copied", directory: state.path, ended: true }]);
    run("b");
    expect(told).toHaveLength(1);
  });

  it("is the same after a move within a disk, a rebuild, and what was put back while it was in use", () => {
    run("a");
    renameSync(state.path, `${state.path}-moved`);
    renameSync(`${state.path}-moved`, state.path);
    run("b");
    writeFileSync(state.file("REBUILD"), "");
    run("c");
    // A rebuild by a command, which is no run.
    writeFileSync(state.file("REBUILD"), "");
    state.open();
    const store = state.open(options());
    rmSync(state.file("spool.db"));
    expect(() => store.look()).toThrow(expect.objectContaining({ failure: "displaced" }));
    expect(state.open(options()).head()).toBe(3);
    expect(told.map(({ found }) => found)).toEqual(["rebuilt"]);
  });
});

describe("an older copy of the database", () => {
  it.each(["of an earlier run", "of the last run while it ran"])("%s is told, and used", (when) => {
    run("a");
    const store = state.open(options());
    const copy = readFileSync(state.file("spool.db"));
    keep(store, "prod", [record("b")]);
    state.close();
    if (when === "of an earlier run") run("c");
    writeFileSync(state.file("spool.db"), copy);
    expect(keptIn(state.open(options()))).toBe(1);
    expect(told).toMatchObject([{ found: "older", directory: state.path, ended: true }]);
    run("d");
    expect(told).toHaveLength(1);
  });

  /** After a kill: a log of the last run beside a database that was put there later, or with it. */
  async function restoredAfterKill(restoresLog: boolean): Promise<void> {
    run("a");
    const backup = killed("b");
    run("c");
    put(killed("d"));
    await systemClock.sleep(50);
    const log = restoresLog ? ["spool.db-wal"] : [];
    put(new Map([...log, "spool.db"].map((file) => [file, backup.get(file) as Buffer])));
    // As if the restore came long after the run was seen last.
    const written = statSync(state.file("spool.db")).ctimeMs;
    const seenAt = (written - (restoresLog ? 60_000 : 10_025)) / 1000;
    utimesSync(state.file("STATE"), seenAt, seenAt);
  }

  it("does not take in the log of a later run, which is kept beside it", async () => {
    await restoredAfterKill(false);
    const store = state.open(options());
    // What the backup had beside it is not in its file alone.
    expect(keptIn(store)).toBe(1);
    expect(store.damage()).toEqual([]);
    expect(found()).toEqual(["older"]);
    expect(readdirSync(state.path).filter((name) => name.includes("-wal.replaced-"))).toHaveLength(1);
  });

  it("does not take in the log of a later run where it is only looked at, and a start finds the same", async () => {
    await restoredAfterKill(false);
    const looked = state.open({ clock });
    expect(keptIn(looked)).toBe(1);
    expect(looked.replaced()).toMatchObject([{ found: "older" }]);
    expect(readdirSync(state.path).filter((name) => name.includes("-wal.replaced-"))).toHaveLength(1);
    const store = state.open(options());
    expect([keptIn(store), store.damage()]).toEqual([1, []]);
    expect(found()).toEqual(["older"]);
  });

  it("has its own log, when that was restored with it", async () => {
    await restoredAfterKill(true);
    expect(keptIn(state.open(options()))).toBe(2);
    expect(found()).toEqual(["older"]);
    expect(readdirSync(state.path).filter((name) => name.includes("-wal.replaced-"))).toEqual([]);
  });
});

describe("a witness outside the state", () => {
  it("tells that the whole state is older, also where its files are the same ones", () => {
    run("a", { witnessFolder });
    const files = readdirSync(state.path).map((name) => [name, readFileSync(state.file(name))] as const);
    run("b", { witnessFolder });
    // A snapshot of the disk: file by file the same inodes with the content of then.
    for (const [name, bytes] of files) writeFileSync(state.file(name), bytes);
    const witnessed = statSync(join(witnessFolder, readdirSync(witnessFolder)[0] as string)).mtimeMs;
    expect(keptIn(state.open(options({ witnessFolder })))).toBe(1);
    // By the run that left the younger state, not by the one that left this.
    expect(told).toEqual([{ found: "older", directory: state.path, seenAt: witnessed }]);
    run("c", { witnessFolder });
    expect(told).toHaveLength(1);
  });

  it("says nothing when it is lost, or the state moved to another path", () => {
    run("a", { witnessFolder });
    rmSync(join(witnessFolder, readdirSync(witnessFolder)[0] as string));
    run("b", { witnessFolder });
    run("c", { witnessFolder: join(witnessFolder, "none") });
    expect(told).toEqual([]);
  });

  it("knows of a state that vanished as a whole: no first start without being told to", () => {
    run("a", { witnessFolder });
    rmSync(state.path, { recursive: true });
    const gone = expect.objectContaining({
      failure: "state_lost",
      message: expect.stringContaining("held state at"),
      fix: expect.stringContaining("is mounted"),
    });
    expect(() => state.open(options({ witnessFolder }))).toThrow(gone);
    expect(() => state.open(options({ witnessFolder }))).toThrow(gone);
    const store = state.open(options({ witnessFolder, acceptStateLoss: true }));
    expect(store.damage()).toMatchObject([{ count: 0, reason: expect.stringContaining("accepted") }]);
    run("b", { witnessFolder });
    expect(told).toEqual([]);
  });

  it("tells that another state stands in the place", () => {
    run("a", { witnessFolder });
    const other = new SpoolDirectory();
    keep(other.open(options()), "prod", [record("x")]);
    other.close();
    rmSync(state.path, { recursive: true });
    cpSync(other.path, state.path, { recursive: true });
    chmodSync(state.path, 0o700);
    other.remove();
    state.open(options({ witnessFolder }));
    expect(found()).toEqual(["older"]);
  });
});

describe("two hosts", () => {
  const onSecond = (more: Partial<StoreOptions> = {}) => options({ host: second, ...more });

  it("a start on another host than the last run's is told, with how that ended", () => {
    run("a");
    state.open(onSecond());
    expect(told).toMatchObject([{ found: "other_host", host: "first", ended: true }]);
    state.close();
    put(killed("b"));
    told = [];
    laterMs = 21_000;
    state.open(onSecond());
    expect(told).toMatchObject([{ found: "other_host", host: "first", ended: false }]);
  });

  it("a host that was alive a moment ago keeps the state: nothing is taken or changed", () => {
    run("z");
    put(killed("a"));
    const before = readFileSync(state.file("STATE"));
    expect(() => state.open(onSecond())).toThrow(
      expect.objectContaining({ failure: "locked", message: expect.stringContaining("on host first") }),
    );
    expect(readFileSync(state.file("STATE"))).toEqual(before);
    expect(state.open(options()).head()).toBe(2);
  });

  it("a running daemon says that it is alive, so that time alone lets nobody in", () => {
    const store = state.open(options());
    laterMs = 3_600_000;
    store.look();
    copyOf(state.path, (copy) => {
      expect(() => copy.open(onSecond())).toThrow(expect.objectContaining({ failure: "locked" }));
      laterMs += 21_000;
      copy.open(onSecond());
    });
  });

  it("a run whose state another one has taken over ends, and writes nothing any more", () => {
    const store = state.open(options());
    keep(store, "prod", [record("a")]);
    store.look();
    copyOf(state.path, (copy) => {
      laterMs = 30_000;
      copy.open(onSecond());
      copyFileSync(copy.file("STATE"), state.file("STATE"));
    });
    const marker = readFileSync(state.file("STATE"));
    const files = () => ["spool.db", "spool.db-wal"].map((name) => readFileSync(state.file(name)));
    const before = files();
    const displaced = expect.objectContaining({
      failure: "displaced",
      message: expect.stringMatching(/taken over by another daemon, on host second/),
    });
    expect(() => store.look()).toThrow(displaced);
    expect(() => keep(store, "prod", [record("b")])).toThrow(displaced);
    expect(() => drain(store, "siem")).toThrow(displaced);
    state.close();
    expect(files()).toEqual(before);
    expect(readFileSync(state.file("STATE"))).toEqual(marker);
  });

  it("a run that ends after another one has taken its state over leaves the marker to that", () => {
    state.open(options());
    copyOf(state.path, (copy) => {
      laterMs = 30_000;
      copy.open(onSecond());
      copyFileSync(copy.file("STATE"), state.file("STATE"));
    });
    const marker = readFileSync(state.file("STATE"));
    state.close();
    expect(readFileSync(state.file("STATE"))).toEqual(marker);
  });

  it("a marker that was removed while it was needed comes back", () => {
    const store = state.open(options());
    const before = readFileSync(state.file("STATE"));
    rmSync(state.file("STATE"));
    store.look();
    expect(readFileSync(state.file("STATE"))).toEqual(before);
  });

  /** The state as another host sees it on a volume whose locks do not reach that far. */
  function copyOf(path: string, use: (copy: SpoolDirectory) => void): void {
    const copy = new SpoolDirectory();
    try {
      mkdirSync(copy.path, { mode: 0o700 });
      for (const name of ["spool.db", "spool.db-wal", "STATE"])
        copyFileSync(join(path, name), copy.file(name));
      const { atime, mtime } = statSync(join(path, "STATE"));
      utimesSync(copy.file("STATE"), atime, mtime);
      use(copy);
    } finally {
      copy.remove();
    }
  }
});
