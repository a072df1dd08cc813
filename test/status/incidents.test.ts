import { describe, expect, it } from "vitest";
import type { Report } from "../../src/report/report.ts";
import type { Incident } from "../../src/spool/trends.ts";
import { Incidents, mostIncidents } from "../../src/status/incidents.ts";

const failed = (reason: string, output = "soc") =>
  ({ type: "delivery_failed", output, reason, detail: "alice", retryInMs: 1, seconds: 1 }) as Report;
const held = (reason: string) => ({ type: "held", output: "soc", reason, detail: "alice" }) as Report;
const released: Report = { type: "released", output: "soc", heldSeconds: 3 };
const recovered: Report = { type: "output_recovered", output: "soc", failures: 2, failedSeconds: 3 };
const unread = { type: "poll_failed", source: "prod", reason: "timeout" } as Report;

function seen(...told: readonly Report[]): Incidents {
  const incidents = new Incidents();
  told.forEach((report, at) => {
    incidents.note(report, at);
  });
  return incidents;
}

describe("incidents", () => {
  it("are one from the first failure to the end, with every reason once", () => {
    expect(seen(failed("connect"), failed("tls"), held("tls"), failed("tls"), released).all()).toEqual([
      {
        ...{ id: 1, hop: "output soc", reasons: ["connect", "tls"], held: true, failures: 3 },
        ...{ began: 0, ended: 4 },
      },
    ]);
  });

  it("of two hops are two, and a new failure is another one", () => {
    const incidents = seen(failed("connect"), unread, recovered, failed("busy"));
    expect(incidents.all().map(({ id, hop, ended }) => [id, hop, ended])).toEqual([
      [3, "output soc", null],
      [2, "source prod", null],
      [1, "output soc", 2],
    ]);
    incidents.note({ type: "source_recovered", source: "prod", failures: 1, failedSeconds: 1 }, 9);
    expect(incidents.all().map(({ id, ended }) => [id, ended])).toEqual([
      [3, null],
      [2, 9],
      [1, 2],
    ]);
  });

  it("hold no words of a remote, and no more reasons than a few", () => {
    const all = seen(...["connect", "tls", "dns", "busy", "timeout"].map((reason) => failed(reason))).all();
    expect(all[0]?.reasons).toEqual(["connect", "tls", "dns", "busy"]);
    expect(JSON.stringify(all)).not.toContain("alice");
  });

  it("begin and end with a full spool, too", () => {
    const room = { bytes: 1, maxBytes: 1 };
    const all = seen({ type: "spool_full", diskFull: false, ...room }, { type: "spool_room", ...room }).all();
    expect(all).toMatchObject([{ hop: "spool", reasons: ["spool_full"], began: 0, ended: 1 }]);
  });

  it("are also times in which nothing failed and a hop was not ready", () => {
    const stale: Report = {
      type: "not_ready",
      hops: ["source prod (stale)", "output soc (tls)"],
      starting: false,
    };
    const incidents = seen(failed("tls"), { ...stale, starting: true }, stale, stale);
    expect(incidents.all().map(({ hop, reasons, began, ended }) => [hop, reasons, began, ended])).toEqual([
      ["source prod", ["stale"], 2, null],
      ["output soc", ["tls"], 0, null],
    ]);
    incidents.note({ ...stale, hops: ["output soc (tls)"] }, 7);
    expect(incidents.all().map(({ hop, ended }) => [hop, ended])).toEqual([
      ["output soc", null],
      ["source prod", 7],
    ]);
    incidents.note({ type: "ready" }, 8);
    expect(incidents.all()[0]).toMatchObject({ hop: "output soc", ended: null });
    incidents.note(released, 9);
    expect(incidents.all().every(({ ended }) => ended !== null)).toBe(true);
  });

  it("are told once when they change", () => {
    const incidents = seen(failed("connect"));
    expect(incidents.fresh).toBe(true);
    expect(incidents.takeChanged()).toHaveLength(1);
    expect([incidents.fresh, incidents.takeChanged()]).toEqual([false, []]);
  });

  it("end with the run that saw them, and the time in which nothing ran is one", () => {
    const kept: Incident[] = [
      { id: 7, hop: "output soc", reasons: ["tls"], held: true, failures: 1, began: 1_000, ended: null },
    ];
    const incidents = new Incidents();
    incidents.restore(kept, 60_000, 900_000);
    expect(incidents.all()).toMatchObject([
      { id: 8, hop: "daemon", reasons: ["not_running"], began: 60_000, ended: 900_000 },
      { id: 7, ended: 60_000 },
    ]);
    expect(incidents.takeChanged()).toHaveLength(2);
    const soon = new Incidents();
    soon.restore([], 60_000, 200_000);
    soon.restore([], undefined, 900_000);
    expect(soon.all()).toEqual([]);
  });

  it("are bounded", () => {
    const incidents = new Incidents();
    for (let at = 0; at < 500; at++) {
      incidents.note(failed("busy"), at);
      incidents.note(recovered, at);
    }
    expect(incidents.all()).toHaveLength(mostIncidents);
    expect(incidents.all()[0]?.id).toBe(500);
  });

  it("that go on are not forgotten for newer ones, and keep their beginning", () => {
    const incidents = new Incidents();
    incidents.note(unread, 5);
    for (let at = 10; at < 500; at++) {
      incidents.note(failed("busy"), at);
      incidents.note(recovered, at);
    }
    incidents.note(unread, 600);
    expect(incidents.all()).toHaveLength(mostIncidents);
    expect(incidents.all()[0]).toMatchObject({ hop: "source prod", began: 5, failures: 2, ended: null });
  });

  it("are bounded where all of them go on", () => {
    const incidents = new Incidents();
    for (let at = 0; at < 500; at++) incidents.note(failed("busy", `out${at}`), at);
    expect(incidents.all()).toHaveLength(mostIncidents);
  });
});
