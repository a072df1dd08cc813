import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seal } from "../../../src/spool/sqlite/seal.ts";
import { knownBytes } from "../../../src/spool/store.ts";
import { bringSegmentIn } from "../../fake/earlier-schema.ts";
import { eventually } from "../whole/daemon.ts";
import { mayLimit, mayMount, mayTrace, type Rig, rig, startUnder } from "./rig.ts";

let here: Rig;
let running: ReturnType<typeof startUnder>[] = [];
beforeEach(async () => {
  here = await rig({ more: "admin: { listen: 127.0.0.1:0 }" });
  here.grow(100);
});
afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.map(({ exited }) => exited));
  running = [];
  await here.close();
});

function under(...command: string[]) {
  const daemon = startUnder(command, ["run", "-c", here.place.config]);
  running.push(daemon);
  return daemon;
}

/** On a file system of its own, which the daemon sees and the test reaches through the process. */
function onDisk(mount: string, size = "12m") {
  mkdirSync(here.place.stateDir, { mode: 0o700 });
  const dir = here.place.stateDir;
  const script = `mount -t tmpfs -o size=${size},mode=0700 none ${dir} && ${mount.replaceAll("DIR", dir)} && exec "$@"`;
  const daemon = under("unshare", "-m", "sh", "-c", script, "sh");
  return { daemon, file: (name: string) => join(`/proc/${daemon.pid}/root`, dir, name) };
}

describe.skipIf(!mayMount)(
  "a disk of a few megabytes (skipped without the right to mount)",
  { timeout: 90_000 },
  () => {
    it("ST-ENOSPC full: reading pauses, deliveries go on, and all goes on by itself when there is room", async () => {
      here.hec.behave("unauthorized");
      const { daemon, file } = onDisk("dd if=/dev/zero of=DIR/ballast bs=1M count=9 status=none");
      await eventually(
        "the first records are kept",
        () => daemon.text().includes('"type":"poll_done"'),
        30_000,
      );
      here.grow(8000);
      await eventually("it is full", () => daemon.text().includes('"type":"spool_full"'), 30_000);
      expect(daemon.text()).toContain("make room on the disk of state_dir");
      here.hec.behave("accept");
      await eventually("deliveries go on", () => here.arrived() > 0, 30_000);
      rmSync(file("ballast"));
      await eventually("it goes on", () => new Set(uids()).size === here.wandb.log.all().length, 40_000);
      expect(daemon.text()).toContain('"type":"spool_room"');
      here.expectWhole();
    });

    it("ST-RELOAD-FULL a reload leaves the daemon as it is until there is room to start again", async () => {
      const { daemon, file } = onDisk("true");
      await eventually("it runs", () => here.arrived() >= 100, 30_000);
      const { bavail, bsize } = statfsSync(file("."));
      writeFileSync(file("ballast"), Buffer.alloc(bavail * bsize - 128 * 1024));
      here.place.write(`${readFileSync(here.place.config, "utf8")}\n# another\nactivity: false\n`);
      daemon.child.kill("SIGHUP");
      await eventually("it is refused", () => daemon.text().includes('"type":"config_rejected"'), 30_000);
      expect(daemon.text()).toContain(
        "the old one stays: the disk of state_dir has too little room for a start",
      );
      here.grow(5);
      expect(daemon.text()).not.toContain('"type":"stopping"');
      expect(daemon.child.exitCode).toBe(null);
      rmSync(file("ballast"));
      const started = () => daemon.text().split('"type":"started"').length - 1;
      await eventually("it takes over by itself", () => started() === 2, 40_000);
      await eventually("all is delivered", () => here.arrived() >= 105, 30_000);
      here.expectWhole();
    });

    it("ST-RO read-only at the start: refused, with the reason", async () => {
      const { daemon } = onDisk("mount -o remount,ro DIR");
      expect((await daemon.exited).code).toBe(74);
      expect(daemon.text()).toContain("read-only file system");
    });
  },
);

/** A disk of its own that can fail as disks do: the kernel takes the right to write away while files are open. */
const mayLoop =
  mayMount && spawnSync("losetup", ["-f"]).status === 0 && spawnSync("mkfs.ext4", ["-V"]).status === 0;

describe.skipIf(!mayLoop)(
  "a disk that is made read-only while the daemon runs (skipped without the right to mount, or loop devices)",
  { timeout: 90_000 },
  () => {
    it("ST-RO-RUNNING the daemon ends with the reason, and the next start loses nothing", async () => {
      mkdirSync(here.place.stateDir, { mode: 0o700 });
      const image = join(here.place.folder, "image");
      const dir = here.place.stateDir;
      expect(spawnSync("mkfs.ext4", ["-q", image, "32M"]).status).toBe(0);
      const mount = `mount -o loop ${image} ${dir} && rm -rf ${dir}/lost+found && chmod 700 ${dir} && exec "$@"`;
      const daemon = under("unshare", "-m", "sh", "-c", mount, "sh");
      await eventually("it runs", () => here.arrived() >= 100, 30_000);
      here.hec.behave("unauthorized");
      // What the kernel does after an error of the disk.
      const remount = ["-t", `${daemon.pid}`, "-m", "mount", "-o", "remount,abort", dir];
      expect(spawnSync("nsenter", remount).status).toBe(0);
      here.grow(50, 0.1);
      expect((await daemon.exited).code, daemon.text()).toBe(74);
      expect(daemon.text()).toContain("the disk of state_dir failed");
      here.hec.behave("accept");
      const again = startUnder(
        ["unshare", "-m", "sh", "-c", mount, "sh"],
        ["run", "--once", "-c", here.place.config],
      );
      running.push(again);
      expect((await again.exited).code, again.text()).toBe(0);
      here.expectWhole();
    });
  },
);

/** What later versions of the program added, taken away from a state: as one of the first schema left it. */
function toFirstSchema(stateDir: string): void {
  const db = new DatabaseSync(join(stateDir, "spool.db"));
  const [{ name }] = db.prepare("SELECT name FROM source").all() as [{ name: string }];
  for (const row of db.prepare("SELECT day, first_seq, count, records FROM known").all()) {
    const {
      day,
      first_seq: firstSeq,
      count,
      records,
    } = row as {
      day: number;
      first_seq: number;
      count: number;
      records: Uint8Array;
    };
    const identities = Buffer.concat(
      Array.from({ length: count }, (_, n) => records.subarray(n * knownBytes, n * knownBytes + 16)),
    );
    db.prepare(
      "INSERT INTO ledger (source, day, first_seq, count, sum, identities) VALUES (?, ?, ?, ?, ?, ?)",
    ).run(name, day, firstSeq, count, seal("ledger", [name, day, firstSeq, count, identities]), identities);
  }
  for (const table of [
    "known",
    "known_name",
    "side",
    "stretch",
    "mark",
    "side_book",
    "destination",
    "origin",
    "shown_day",
    "backfill",
    "replay",
    "sweep",
    "lateness",
    "witness_day",
    "closed_day",
    "planned",
    "stored_file",
    "manifest",
    "attested_day",
    "trend",
    "incident",
    "hold",
    "told",
    "configured",
    "milestone",
    "active_day",
    "person",
  ])
    db.exec(`DROP TABLE ${table}`);
  bringSegmentIn(db, stateDir);
  db.exec("PRAGMA user_version = 1; PRAGMA journal_mode = DELETE; VACUUM");
  db.close();
}

describe.skipIf(!mayMount)(
  "a state of an older version on a full disk (skipped without the right to mount)",
  { timeout: 120_000 },
  () => {
    it("ST-MIGRATE-FULL says that there is no room, changes nothing, and goes on when there is", async () => {
      here.hec.behave("unauthorized");
      const first = here.start();
      await eventually("all is kept", () => first.stdout().includes('"type":"held"'));
      first.kill("SIGTERM");
      await first.exited;
      toFirstSchema(here.place.stateDir);
      const old = join(here.place.folder, "old");
      renameSync(here.place.stateDir, old);
      mkdirSync(here.place.stateDir, { mode: 0o700 });
      const dir = here.place.stateDir;
      const fill = `mount -t tmpfs -o size=12m,mode=0700 none ${dir} && cp -a ${old}/. ${dir}/ && { cat /dev/zero > ${dir}/ballast; true; }`;
      const disk = spawn("unshare", ["-m", "sh", "-c", `${fill} && echo full && exec sleep 600`]);
      try {
        await new Promise((resolve) => disk.stdout.once("data", resolve));
        const inside = join(`/proc/${disk.pid}/root`, dir);
        const before = readFileSync(join(inside, "spool.db"));
        const run = async () => {
          const once = ["run", "--once", "--timeout", "1s", "-c", here.place.config];
          const daemon = startUnder(["nsenter", "-t", `${disk.pid}`, "-m"], once);
          running.push(daemon);
          const { code } = await daemon.exited;
          return { code, text: daemon.text() };
        };
        const full = await run();
        expect(full.code, full.text).toBe(3);
        expect(full.text).toContain("make room on the disk of state_dir");
        expect(readFileSync(join(inside, "spool.db")).equals(before)).toBe(true);
        // Room for some of it only.
        const ballast = statSync(join(inside, "ballast")).size;
        for (const free of [8, 24, 48, 96]) {
          truncateSync(join(inside, "ballast"), ballast - free * 1024);
          const { code, text } = await run();
          // Once it is through, what keeps it from ending well is the output.
          if (code !== 1) expect([code, text]).toEqual([3, expect.stringContaining("make room on the disk")]);
        }
        here.hec.behave("accept");
        rmSync(join(inside, "ballast"));
        const roomy = await run();
        expect(roomy.code, roomy.text).toBe(0);
        here.expectWhole();
        expect(here.arrived()).toBe(100);
      } finally {
        disk.kill("SIGKILL");
      }
    });
  },
);

const uids = () => here.hec.taken().map(({ fields }) => String(fields?.event_uid));

describe.skipIf(!mayTrace)(
  "a disk that fails while the daemon runs (skipped without strace)",
  { timeout: 90_000 },
  () => {
    // The kernel makes no file system read-only while files on it are open for writing; after an error of the disk it does.
    it.each([
      ["ST-RO a file system that goes read-only", "pwrite64:error=EROFS:when=60+"],
      ["ST-EIO-FSYNC a sync that fails", "fsync,fdatasync:error=EIO:when=20+"],
    ])("%s: the daemon ends with the reason, and the next start loses nothing", async (_, inject) => {
      const daemon = under(
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        `trace=${inject.split(":")[0]}`,
        "-e",
        `inject=${inject}`,
      );
      const feed = setInterval(() => here.grow(3, 0.01), 100);
      const { code } = await daemon.exited.finally(() => clearInterval(feed));
      expect(code, daemon.text()).toBe(74);
      expect(daemon.text()).toContain("dmesg");
      expect((await here.once()).code).toBe(0);
      here.expectWhole();
    });
  },
);

describe.skipIf(!mayLimit)("limits of the process (skipped without prlimit)", { timeout: 90_000 }, () => {
  it("ST-EMFILE no file descriptor left: it says so, and goes on when there are some", async () => {
    const daemon = under("prlimit", "--nofile=48:48");
    await eventually("it runs", () => here.arrived() >= 100, 30_000);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(
      /"admin":"[^"]*"/.exec(daemon.text())?.[0] ?? "",
    )?.[0] as string;
    const { port } = new URL(url);
    const { connect } = await import("node:net");
    const sockets = Array.from({ length: 60 }, () =>
      connect(Number(port), "127.0.0.1").on("error", () => {}),
    );
    // The kept connection to the collector is cut, so that a new one is needed.
    here.hec.behave("reset", { times: 3 });
    here.grow(10, 0.1);
    await eventually("it cannot deliver", () => /EMFILE|delivery_failed/.test(daemon.text()));
    for (const socket of sockets) socket.destroy();
    await eventually("it goes on", () => here.arrived() >= 110, 30_000);
    here.expectWhole();
  });

  it("ST-EMFILE no file can be opened at all for a while: it says so, goes on, and ends in order", async () => {
    const daemon = under("prlimit", "--nofile=1024:1024");
    await eventually("it runs", () => here.arrived() >= 100, 30_000);
    const limit = (soft: number) =>
      execFileSync("prlimit", ["--pid", String(daemon.pid), `--nofile=${soft}:1024`]);
    limit(10);
    // Three looks at the state.
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    limit(1024);
    here.grow(10, 0.1);
    await eventually("it goes on", () => here.arrived() >= 110, 30_000);
    expect(daemon.text()).toMatch(/config_rejected.*raise the limit of open files/);
    daemon.child.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.expectWhole();
  });

  it("ST-VLIMIT an address space that is too small for Node: it says so and touches nothing; with enough it runs", async () => {
    const small = under("prlimit", `--as=${500 * 2 ** 20}`, "--core=0");
    const { code, signal } = await small.exited;
    expect(code !== 0 || signal !== null).toBe(true);
    expect(small.text()).toMatch(/Fatal process out of memory: .*(virtual memory|allocation)/);
    expect(existsSync(here.place.stateDir)).toBe(false);
    const enough = under("prlimit", `--as=${1536 * 2 ** 20}`, "--core=0");
    await eventually("it delivers", () => here.arrived() >= 100, 30_000);
    enough.child.kill("SIGTERM");
    expect((await enough.exited).code).toBe(0);
    here.expectWhole();
  });

  it.each([4096, 300_000, 600_000])(
    "ST-EFBIG no file may grow beyond %i: it says so, and the next start loses nothing",
    async (size) => {
      const daemon = under("prlimit", `--fsize=${size}`, "--core=0");
      here.hec.behave("unauthorized");
      const feed = setInterval(() => here.grow(200, 0.01), 50);
      const { code, signal } = await daemon.exited.finally(() => clearInterval(feed));
      // The system's own way to enforce this limit is a signal that kills.
      expect(code === 74 || signal === "SIGXFSZ").toBe(true);
      if (code === 74) expect(daemon.text()).toContain("ulimit -f");
      here.hec.behave("accept");
      expect((await here.once()).code).toBe(0);
      here.expectWhole();
    },
  );
});

describe("a crash", { timeout: 90_000 }, () => {
  it("ST-STALE control socket, lock, pid and half-made files of a killed daemon are in nobody's way", async () => {
    const first = here.start();
    await eventually("it runs", () => first.stdout().includes('"type":"started"'));
    first.kill("SIGKILL");
    await first.exited;
    writeFileSync(join(here.place.stateDir, "spool.db.new"), "half");
    writeFileSync(join(here.place.stateDir, "STATE.new"), "half");
    writeFileSync(join(here.place.stateDir, "PID"), "1\n");
    expect((await here.once()).code).toBe(0);
    here.expectWhole();
  });
});
