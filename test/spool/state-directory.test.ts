import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { all, drain, keep, knownIdentities, ofOurs, record } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const failing = (failure: string, text: RegExp = /./) =>
  expect.objectContaining({ name: "SpoolError", failure, message: expect.stringMatching(text) });

describe("the state directory", () => {
  it("is made for its owner alone, and so is every file in it", () => {
    state.open({ pid: 1234 });
    expect(statSync(state.path).mode & 0o777).toBe(0o700);
    const modes = readdirSync(state.path).map((name) => [
      name,
      (statSync(state.file(name)).mode & 0o777).toString(8),
    ]);
    expect(Object.fromEntries(modes)).toEqual({
      LOCK: "600",
      PID: "600",
      STATE: "600",
      "spool.db": "600",
      "spool.db-wal": "600",
    });
  });

  it.each(["STATE", "STATE.new", "REBUILD", "PID", "LOCK", "spool.db.new", "spool.db-wal", "spool.db-shm"])(
    "is refused when %s is a link that would take what is written elsewhere",
    (name) => {
      const victim = join(mkdtempSync(join(dirname(state.path), "victim-")), "file");
      writeFileSync(victim, "mine");
      mkdirSync(state.path, { mode: 0o700 });
      symlinkSync(victim, state.file(name));
      expect(() => state.open()).toThrow(failing("unsafe_directory", /is not a regular file/));
      expect(readFileSync(victim, "utf8")).toBe("mine");
    },
  );

  it("ST-NFS is refused when it is a link, a file, of another user, or on another machine", () => {
    const target = mkdtempSync(join(dirname(state.path), "target-"));
    symlinkSync(target, state.path);
    expect(() => state.open()).toThrow(failing("unsafe_directory", /symbolic link/));
    rmSync(state.path);
    writeFileSync(state.path, "");
    expect(() => state.open()).toThrow(failing("unsafe_directory", /not a directory/));
    rmSync(state.path);
    expect(() => state.open({ uid: 4_000_000 })).toThrow(failing("unsafe_directory", /belongs to user/));
    expect(() => state.open({ fileSystemType: () => 0x6969 })).toThrow(failing("unsafe_directory", /NFS/));
    expect(() => state.open({ fileSystemType: () => 0xff534d42 | 0 })).toThrow(
      failing("unsafe_directory", /CIFS/),
    );
    symlinkSync("/etc/passwd", state.file("spool.db"));
    expect(() => state.open()).toThrow(failing("unsafe_directory", /spool\.db is not a regular file/));
  });

  it("belongs to one process at a time, and the second learns whose it is", async () => {
    state.open({ pid: 4711 });
    const second = spawnSync(process.execPath, [join(import.meta.dirname, "open-once.ts"), state.path], {
      encoding: "utf8",
    });
    expect(second.stdout).toContain("locked");
    expect(second.stdout).toContain(state.path);
    expect(second.stdout).toContain("pid 4711");
    keep(state.open(), "prod", [record("a")]);
  });

  it("is free again as soon as its process is killed", async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "append-until-killed.ts"), state.path]);
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    state.open();
  });

  it("loses nothing that was acknowledged before a kill in the middle of appends", async () => {
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [
        join(import.meta.dirname, "append-until-killed.ts"),
        state.path,
      ]);
      let said = "";
      child.stdout.on("data", (text) => {
        said += text;
        if (said.split("\n").length > 8 + round * 13) child.kill("SIGKILL");
      });
      await once(child, "close");
      const acknowledged = Number(said.trimEnd().split("\n").at(-1));
      const spool = state.open();
      expect(spool.head()).toBeGreaterThanOrEqual(acknowledged);
      const [book] = spool.books();
      expect(book?.new).toBe(spool.head());
      expect(knownIdentities(spool, 20_666).length).toBe(spool.head());
      expect(spool.read(0, { events: 1e9, bytes: 1e12 }).map(({ seq }) => seq)).toEqual(
        Array.from({ length: spool.head() }, (_, n) => n + 1),
      );
      state.close();
    }
  });
});

describe("the marker", () => {
  it("makes a database that is missing, emptied or another one refuse to start", () => {
    keep(state.open(), "prod", [record("a")]);
    state.close();
    const whole = readFileSync(state.file("spool.db"));
    truncateSync(state.file("spool.db"), 0);
    expect(() => state.open()).toThrow(failing("state_lost", /missing or empty/));
    rmSync(state.file("spool.db"));
    expect(() => state.open()).toThrow(failing("state_lost", /missing or empty/));
    expect(() => state.open()).toThrow(
      expect.objectContaining({ fix: expect.stringContaining("--accept-state-loss") }),
    );
    const other = new SpoolDirectory();
    other.open();
    other.close();
    writeFileSync(state.file("spool.db"), readFileSync(other.file("spool.db")));
    other.remove();
    expect(() => state.open()).toThrow(failing("state_lost", /another state/));
    rmSync(state.file("spool.db"));
    const bare = new DatabaseSync(state.file("spool.db"));
    bare.exec("CREATE TABLE t (a); DROP TABLE t");
    bare.close();
    expect(() => state.open()).toThrow(failing("state_lost", /emptied/));
    writeFileSync(state.file("spool.db"), whole);
    expect(state.open().head()).toBe(1);
  });

  it("comes back when it is missing, and is written anew when it cannot be read", () => {
    state.open();
    state.close();
    const marker = readFileSync(state.file("STATE"), "utf8");
    rmSync(state.file("STATE"));
    state.open();
    expect(readFileSync(state.file("STATE"), "utf8")).toBe(marker);
    state.close();
    writeFileSync(state.file("STATE"), Buffer.alloc(100));
    state.open();
    expect(readFileSync(state.file("STATE"), "utf8")).toBe(marker);
  });

  it("lets a person accept the loss: what is there is set aside, and the loss stays visible", () => {
    keep(state.open(), "prod", [record("a")]);
    state.close();
    writeFileSync(state.file("spool.db"), Buffer.alloc(100_000));
    expect(() => state.open()).toThrow(failing("state_lost", /nothing in it can be read/));
    const spool = state.open({ acceptStateLoss: true });
    expect(ofOurs(spool.read(0, all))).toMatchObject([
      { action: "wandb-audit-forwarder:loss_accepted", loss: "state" },
    ]);
    expect(spool.head()).toBe(1);
    expect(spool.damage()).toMatchObject([{ count: 0, reason: expect.stringContaining("accepted") }]);
    expect(state.damage).toEqual(spool.damage());
    expect(spool.events.losses({})).toEqual({ losses: [spool.damage()[0]?.at] });
    keep(spool, "prod", [record("b")]);
    expect(readdirSync(state.path).some((name) => name.startsWith("spool.db.lost-"))).toBe(true);
    expect(state.open({ acceptStateLoss: true }).head()).toBe(2);
  });
});

describe("the schema", () => {
  it("of a newer program is refused and left untouched", () => {
    state.open();
    state.close();
    const newer = new DatabaseSync(state.file("spool.db"));
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    const before = readFileSync(state.file("spool.db"));
    expect(() => state.open()).toThrow(failing("newer_schema", /schema 99/));
    expect(readFileSync(state.file("spool.db")).equals(before)).toBe(true);
  });

  it("is written with every commit on disk before the call returns", () => {
    const spool = state.open();
    keep(spool, "prod", [record("a")]);
    keep(spool, "prod", [record("b", { bytes: Buffer.alloc(100_000) })]);
    // A copy of the files is what a power cut leaves: the other connection is not closed.
    const copy = new SpoolDirectory();
    mkdirSync(copy.path, { mode: 0o700 });
    for (const name of ["spool.db", "spool.db-wal", "records-000001", "STATE"])
      writeFileSync(copy.file(name), readFileSync(state.file(name)));
    expect(drain(copy.open(), "siem")).toHaveLength(2);
    expect(copy.damage).toEqual([]);
    copy.remove();
  });
});
