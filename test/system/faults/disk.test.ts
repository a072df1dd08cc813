import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
      await eventually("deliveries go on", () => here.hec.count() > 0, 30_000);
      rmSync(file("ballast"));
      await eventually("it goes on", () => new Set(uids()).size === here.wandb.log.all().length, 40_000);
      expect(daemon.text()).toContain('"type":"spool_room"');
      here.expectWhole();
    });

    it("ST-RO read-only at the start: refused, with the reason", async () => {
      const { daemon } = onDisk("mount -o remount,ro DIR");
      expect((await daemon.exited).code).toBe(74);
      expect(daemon.text()).toContain("read-only file system");
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
    await eventually("it runs", () => here.hec.count() >= 100, 30_000);
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
    await eventually("it goes on", () => here.hec.count() >= 110, 30_000);
    here.expectWhole();
  });

  it("ST-EFBIG no file may grow any more: like a disk that failed, and the next start loses nothing", async () => {
    const daemon = under("prlimit", "--fsize=600000", "--core=0");
    here.hec.behave("unauthorized");
    const feed = setInterval(() => here.grow(200, 0.01), 50);
    const { code, signal } = await daemon.exited.finally(() => clearInterval(feed));
    // The system's own way to enforce this limit is a signal that kills.
    expect(code === 74 || signal === "SIGXFSZ").toBe(true);
    here.hec.behave("accept");
    expect((await here.once()).code).toBe(0);
    here.expectWhole();
  });
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
