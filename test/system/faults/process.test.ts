import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { slowPipe } from "../../fake/slow-pipe.ts";
import { eventually } from "../whole/daemon.ts";
import { environment, type Rig, rig, startUnder } from "./rig.ts";

let here: Rig;
const begin = async () => {
  here = await rig();
  here.grow(120);
};
const end = () => here.close();

const whole = async () => {
  expect((await here.once()).code).toBe(0);
  here.expectWhole();
};

describe("SIGTERM ends the daemon in order, whatever it is doing", { timeout: 90_000 }, () => {
  beforeAll(begin);
  afterAll(end);
  beforeEach(() => here.grow(120, 0.1));

  let before = { events: 0, sends: 0, polls: 0 };
  const note = () => {
    before = { events: here.arrived(), sends: here.hec.requests(), polls: here.wandb.taken().length };
  };
  const cases: [string, () => void, (text: string) => boolean][] = [
    ["PR-TERM-IDLE idle", () => {}, () => here.arrived() >= before.events + 120],
    ["PR-TERM-BUSY busy", () => here.grow(3000), () => here.arrived() > before.events],
    [
      "PR-TERM-BACKOFF waiting for a remote that fails",
      () => here.hec.behave("busy"),
      () => here.hec.requests() > before.sends + 2,
    ],
    ["PR-TERM-HELD on hold", () => here.hec.behave("unauthorized"), (text) => text.includes('"type":"held"')],
    [
      "PR-TERM-HUNG a remote that never answers",
      () => here.hec.behave("hang"),
      () => here.hec.requests() > before.sends,
    ],
    [
      "PR-TERM-HUNG a source that never answers",
      () => here.wandb.behave({ fault: "hang" }),
      () => here.wandb.taken().length > before.polls,
    ],
    [
      "PR-TERM-BACKOFF waiting for a source that fails",
      () => here.wandb.behave({ fault: "server_error" }),
      (text) => text.includes('"type":"poll_failed"'),
    ],
  ];
  it.each(cases)("%s", async (_, prepare, reached) => {
    prepare();
    note();
    const daemon = here.start();
    await eventually("it is there", () => reached(daemon.stdout()));
    const asked = performance.now();
    daemon.kill("SIGTERM");
    expect(await daemon.exited, daemon.stderr()).toEqual({ code: 0, signal: null });
    // shutdown_timeout is 2 s; the rest is for a busy machine.
    expect(performance.now() - asked).toBeLessThan(4000);
    here.hec.behave("accept");
    here.wandb.behave({ fault: undefined });
    // Not what the next one waits for.
    expect((await here.once()).code).toBe(0);
  });

  it("PR-TERM2 a second one ends it at once", async () => {
    here.hec.behave("hang");
    note();
    here.place.write(here.yaml(here.place.stateDir).replace("shutdown_timeout: 2s", "shutdown_timeout: 1m"));
    const daemon = here.start();
    await eventually("a send hangs", () => here.hec.requests() > before.sends);
    daemon.kill("SIGTERM");
    await eventually("it is ending", () => daemon.stdout().includes('"type":"stopping"'));
    const asked = performance.now();
    daemon.kill("SIGTERM");
    expect(await daemon.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(3000);
    here.hec.behave("accept");
    here.place.write(here.yaml(here.place.stateDir));
  });

  it("PR-TERM-FULL with a full spool; and then nothing is lost by any of them", async () => {
    here.hec.behave("busy");
    here.place.write(
      here
        .yaml(here.place.stateDir)
        .replace("shutdown_timeout", "spool: { max_bytes: 16MiB }\nshutdown_timeout"),
    );
    for (let n = 0; n < 4500; n++)
      here.wandb.log.append(
        JSON.stringify({ ...JSON.parse(wandbEntry(here.random, Date.now())), note: "x".repeat(4000) }),
      );
    const daemon = here.start();
    await eventually("the spool is full", () => daemon.stdout().includes('"type":"spool_full"'));
    daemon.kill("SIGTERM");
    expect(await daemon.exited).toEqual({ code: 0, signal: null });
    here.hec.behave("accept");
    // What did not fit is still at the source: reading goes on as deliveries make room.
    await whole();
  });
});

describe("SIGHUP never ends the daemon", { timeout: 90_000 }, () => {
  beforeEach(begin);
  afterEach(end);

  const goesOn = async () => {
    here.grow(5, 0.1);
    // All there are: the first ones may still be on their way.
    await eventually("new events arrive", () => here.arrived() >= here.wandb.log.all().length);
  };

  it("PR-HUP-BAD a broken configuration is reported, the old one stays; a mended one is taken", async () => {
    const daemon = here.start();
    await eventually("it runs", () => here.arrived() >= 120);
    const good = here.yaml(here.place.stateDir);
    here.place.write(good.replace("poll_interval", "pol_interval"));
    daemon.kill("SIGHUP");
    await eventually("it says so", () => daemon.stdout().includes('"type":"config_rejected"'));
    expect(daemon.stdout()).toContain("pol_interval");
    await goesOn();
    here.place.write(here.yaml(here.place.stateDir, "2s"));
    daemon.kill("SIGHUP");
    await eventually("it is taken", () => daemon.stdout().includes('"type":"config_reloaded"'));
    await goesOn();
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.expectWhole();
  });

  it("PR-HUP-BAD one that cannot be started is given up for the one before", async () => {
    const daemon = here.start();
    await eventually("it runs", () => here.arrived() >= 120);
    here.place.write(
      here.yaml(here.place.stateDir).replace("listen: off", `listen: "127.0.0.1:${here.hec.port}"`),
    );
    daemon.kill("SIGHUP");
    await eventually("it says so", () => daemon.stdout().includes('"type":"config_rejected"'));
    await eventually("and why", () => daemon.stdout().includes("cannot listen"));
    await goesOn();
  });

  it("PR-HUP-TWICE any number of reloads, while it starts, while it drains, there and back", async () => {
    const daemon = here.start();
    // Before it listens a signal may still kill it, as with any program; Node is up once it prints.
    await eventually("it runs", () => daemon.stdout().includes('"type":"started"'));
    for (let turn = 0; turn < 12; turn++) {
      here.place.write(here.yaml(here.place.stateDir, turn % 2 === 0 ? "2s" : "1s"));
      daemon.kill("SIGHUP");
      await systemClock.sleep(here.random() * 120);
    }
    await goesOn();
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    here.expectWhole();
  });
});

describe("the world around the process", { timeout: 90_000 }, () => {
  beforeEach(begin);
  afterEach(end);

  it("PR-STOP stopped and continued: polls at once, sends nothing twice", async () => {
    const daemon = here.start();
    await eventually("it runs", () => here.arrived() >= 120);
    daemon.kill("SIGSTOP");
    here.grow(10, 0.1);
    await systemClock.sleep(2500);
    const before = here.wandb.taken().length;
    daemon.kill("SIGCONT");
    await eventually("it goes on", () => here.arrived() >= 130);
    // One poll that was due, not one for every interval that was missed.
    expect(here.wandb.taken().length - before).toBeLessThan(4);
    here.expectWhole();
    expect(here.arrived()).toBe(130);
  });

  it("PR-STOP-LONG stopped for longer than any timeout with answers on their way: they count, and nothing is a gap", async () => {
    const replies = await slowPipe(here.hec.port, { everyMs: 1000 });
    const reads = await slowPipe(here.wandb.port);
    const yaml = here
      .yaml(here.place.stateDir)
      .replace(`127.0.0.1:${here.hec.port}`, `127.0.0.1:${replies.port}`)
      .replace(`127.0.0.1:${here.wandb.port}`, `127.0.0.1:${reads.port}`)
      .replace("max_events: 50", "max_events: 500")
      .replace("format: raw", "format: raw, timeout: 3s")
      .replace("start: 3d", "start: 3d, read: { timeout: 3s }");
    here.place.write(yaml);
    const daemon = here.start();
    // The receiver has taken them, and its answer comes when nobody looks.
    await eventually("they are taken", () => here.arrived() >= 120);
    reads.pace({ everyMs: 1000 });
    daemon.kill("SIGSTOP");
    await systemClock.sleep(8000);
    replies.pace(undefined);
    reads.pace(undefined);
    daemon.kill("SIGCONT");
    here.grow(10, 0.1);
    await eventually("it goes on", () => here.arrived() >= 130);
    await systemClock.sleep(2000);
    here.expectWhole();
    // Nothing was sent twice.
    expect(here.arrived()).toBe(130);
    expect(daemon.stdout()).not.toMatch(/"type":"(source_gap|held|source_held)"/);
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    await replies.close();
    await reads.close();
  });

  it.each([
    ["gone", (daemon: ReturnType<typeof startUnder>) => daemon.child.stdout.destroy()],
    ["stuck", (daemon: ReturnType<typeof startUnder>) => daemon.child.stdout.pause()],
  ])("PR-STDOUT-EPIPE whoever reads the log is %s: events go on", async (_, lose) => {
    here.place.write(
      here
        .yaml(here.place.stateDir)
        .replace("level: info", "level: debug")
        .replace("poll_interval: 1s", "poll_interval: 1s"),
    );
    const daemon = startUnder([], ["run", "-c", here.place.config]);
    await eventually("it runs", () => here.arrived() >= 120);
    lose(daemon);
    for (let round = 0; round < 3; round++) {
      const before = here.arrived();
      here.grow(5, 0.1);
      await eventually("events go on", () => here.arrived() >= before + 5);
    }
    daemon.child.kill("SIGTERM");
    daemon.child.stdout.resume();
    expect(await daemon.exited).toEqual({ code: 0, signal: null });
    here.expectWhole();
  });

  it("PR-STDOUT-EPIPE a log that nobody reads for long fills no pipe that stops deliveries", async () => {
    // The pipe is full before the daemon starts: its first line finds no room.
    const script = join(here.place.folder, "stuck.sh");
    writeFileSync(script, `head -c 65536 /dev/zero; exec "$@"`);
    const daemon = spawn(
      "sh",
      [
        script,
        process.execPath,
        join(import.meta.dirname, "../../../bin/wandb-audit-forwarder.js"),
        "run",
        "-c",
        here.place.config,
      ],
      { stdio: ["ignore", "pipe", "ignore"], env: { PATH: process.env.PATH ?? "", ...environment } },
    );
    const exited = new Promise((resolve) => daemon.once("close", (code) => resolve(code)));
    await eventually("events arrive all the same", () => here.arrived() >= 120);
    daemon.kill("SIGKILL");
    daemon.stdout.resume();
    await exited;
    here.expectWhole();
  });
});
