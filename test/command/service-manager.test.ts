import { describe, expect, it } from "vitest";
import { serviceManager } from "../../src/command/service-manager.ts";
import { ManualClock } from "../fake/manual-clock.ts";

function managed(environment: Record<string, string>, fails?: () => Error | undefined) {
  const clock = new ManualClock(0);
  const told: string[] = [];
  const complaints: string[] = [];
  let stalled: string[] = [];
  const manager = serviceManager({
    environment,
    clock,
    pid: 7,
    stalled: () => stalled,
    complain: (text) => complaints.push(text),
    send: async (assignments) => {
      const error = fails?.();
      if (error !== undefined) throw error;
      told.push(assignments.join(" "));
    },
  });
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock,
    told,
    complaints,
    manager,
    turns,
    hang: (hops: string[]) => {
      stalled = hops;
    },
  };
}

const socket = { NOTIFY_SOCKET: "/run/systemd/notify" };
const watched = { ...socket, WATCHDOG_USEC: "180000000", WATCHDOG_PID: "7" };

describe("the service manager", () => {
  it("is told the start, changes of readiness, reloads and the stop, in this order", async () => {
    const { manager, told, turns, complaints } = managed(socket);
    manager.note({ type: "started", version: "1", sources: ["prod"], outputs: ["soc", "splunk"] });
    manager.ready();
    manager.note({ type: "not_ready", hops: ["source prod (unauthorized)"], starting: false });
    manager.note({ type: "stopping", why: "SIGTERM" });
    manager.reloading();
    manager.ready();
    manager.note({ type: "ready", unproven: ["output soc (tls)"] });
    manager.note({ type: "ready" });
    manager.stopping(300_000);
    manager.close();
    await turns(30);
    expect(told).toEqual([
      "STATUS=runs: 1 source, 2 outputs",
      "READY=1",
      "STATUS=not ready: source prod (unauthorized)",
      "RELOADING=1 STATUS=reads the configuration again",
      "READY=1",
      "STATUS=ready as far as is known; nothing has shown yet that what was held works again: output soc (tls)",
      "STATUS=ready: no source is held or behind, no output is held or has failed for long",
      "STOPPING=1 EXTEND_TIMEOUT_USEC=310000000 STATUS=delivers what is at hand, then ends",
    ]);
    expect(complaints).toEqual([]);
  });

  it.each([{}, { WATCHDOG_USEC: "180000000" }, { ...watched, NOTIFY_SOCKET: "" }])(
    "is told nothing where there is none: %j",
    async (environment) => {
      const { manager, told, turns, clock } = managed(environment as Record<string, string>);
      manager.ready();
      manager.note({ type: "ready" });
      manager.stopping(300_000);
      await turns(10);
      manager.close();
      expect([told, clock.monotonic()]).toEqual([[], 0]);
    },
  );

  it("gets three signs of life in the time it waits, from the start on, until the end", async () => {
    const { manager, told, turns, clock } = managed(watched);
    await turns(3);
    expect(clock.monotonic()).toBe(0);
    manager.ready();
    manager.ready();
    await turns(9);
    const passed = clock.monotonic();
    manager.close();
    await turns(3);
    const pings = told.filter((text) => text === "WATCHDOG=1").length;
    expect(passed).toBeGreaterThanOrEqual(5 * 60_000);
    expect(pings).toBeGreaterThanOrEqual(passed / 60_000);
    expect(pings).toBeLessThanOrEqual(passed / 60_000 + 1);
  });

  it("gets none while a loop hangs, and another one when it turns again", async () => {
    const { manager, told, turns, complaints, hang } = managed(watched);
    manager.ready();
    await turns(3);
    hang(["output soc"]);
    await turns(3);
    const before = told.length;
    await turns(20);
    expect(told).toHaveLength(before);
    expect(complaints).toEqual([expect.stringContaining("output soc")]);
    hang([]);
    await turns(3);
    manager.close();
    expect(told.length).toBeGreaterThan(before);
  });

  it.each([{ WATCHDOG_PID: "8" }, { WATCHDOG_USEC: "0" }, { WATCHDOG_USEC: "soon" }])(
    "gets no sign of life that it did not ask this process for: %j",
    async (changes) => {
      const { manager, told, turns } = managed({ ...watched, ...changes } as Record<string, string>);
      manager.ready();
      await turns(10);
      manager.close();
      expect(told).toEqual(["READY=1"]);
    },
  );

  it("cannot be told: that is said once, and nothing else suffers", async () => {
    let broken = true;
    const error = new Error("no systemd-notify");
    const { manager, told, turns, complaints } = managed(socket, () => (broken ? error : undefined));
    manager.ready();
    manager.note({ type: "ready" });
    await turns(10);
    expect(complaints).toEqual(["the service manager cannot be told: no systemd-notify"]);
    broken = false;
    manager.stopping(300_000);
    await turns(5);
    expect(told).toHaveLength(1);
  });
});
