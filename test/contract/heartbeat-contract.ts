import { afterEach, describe, expect, it } from "vitest";
import { ownSource } from "../../src/own/own-origin.ts";
import type { Store } from "../../src/spool/store.ts";
import { all, dayMs, drain, keep, move, ofOurs, ofSources, record, settled, today } from "../fake/records.ts";

/** A fresh spool with the outputs `siem` and `lake`, the first of which gets heartbeats so often. */
export interface HeartbeatSubject {
  open(heartbeats: ReadonlyMap<string, number>): Store;
}

const minute = 60_000;
const noon = today * dayMs + 720 * minute;

/** What every spool must do that is asked for heartbeats. */
export function heartbeatContract(name: string, subject: HeartbeatSubject): void {
  const opened: Store[] = [];
  const open = () => {
    const spool = subject.open(new Map([["siem", 15 * minute]]));
    opened.push(spool);
    return spool;
  };
  const waiting = (spool: Store, output = "siem") => spool.side(output, "heartbeat", 0, all);
  const deliver = (spool: Store) => {
    const beats = waiting(spool);
    const { counts } = settled(beats.map(({ record: each }) => each));
    const { position } = spool.standing("siem");
    spool.settle("siem", { ...move(position, counts), done: beats.map(({ id }) => id) });
    return beats;
  };
  const balanced = (spool: Store) => {
    for (const { delivered, filtered, dead, dropped, skipped, lost, pending, ...row } of spool.books())
      expect(delivered + filtered + dead + dropped + skipped + lost + pending).toBe(row.new);
  };

  afterEach(() => {
    for (const spool of opened.splice(0)) spool.close();
  });

  describe(`${name} has heartbeats as every spool`, () => {
    it("makes one beside the run of its output alone, and moves nothing for it", () => {
      const spool = open();
      keep(spool, "prod", [record("a")]);
      spool.tellDue(noon);
      expect(ofOurs(waiting(spool).map(({ record: each }) => each))).toMatchObject([
        { action: "wandb-audit-forwarder:heartbeat", output: "siem", backlog: 1 },
      ]);
      expect([spool.standing("siem"), spool.standing("lake")]).toMatchObject([
        { heartbeats: 1, position: 0, suspects: 0, retried: 0 },
        { heartbeats: 0, position: 0 },
      ]);
      expect(waiting(spool, "lake")).toEqual([]);
      expect(ofSources(spool.read(0, all))).toHaveLength(1);
      expect(spool.head()).toBe(1);
    });

    it("has it pending for its output and filtered for the others, until it is delivered", () => {
      const spool = open();
      spool.tellDue(noon);
      const own = () =>
        spool
          .books()
          .filter(({ source }) => source === ownSource)
          .map(({ output, pending, filtered, delivered }) => [output, pending, filtered, delivered])
          .sort();
      expect(own()).toEqual([
        ["lake", 0, 1, 0],
        ["siem", 1, 0, 0],
      ]);
      balanced(spool);
      expect(deliver(spool)).toHaveLength(1);
      expect(own()).toEqual([
        ["lake", 0, 1, 0],
        ["siem", 0, 0, 1],
      ]);
      balanced(spool);
      expect([waiting(spool), spool.standing("siem").heartbeats]).toEqual([[], 0]);
    });

    it("makes the next after its interval and not before, and none while one waits", () => {
      const spool = open();
      const made: number[] = [];
      for (let at = 0; at <= 45; at++) {
        spool.tellDue(noon + at * minute);
        if (deliver(spool).length > 0) made.push(at);
      }
      expect(made).toEqual([0, 15, 30, 45]);
      for (let at = 60; at <= 120; at++) spool.tellDue(noon + at * minute);
      expect(waiting(spool)).toHaveLength(1);
    });

    it("gives each a uid of its own, and the time at which it was made", () => {
      const spool = open();
      const uids = new Set<string>();
      for (let beat = 0; beat < 4; beat++) {
        const at = noon + beat * 15 * minute;
        spool.tellDue(at);
        for (const { record: each } of deliver(spool)) {
          uids.add(each.uid);
          expect(each).toMatchObject({ source: ownSource, day: today, observed: { seconds: at / 1000 } });
        }
      }
      expect(uids.size).toBe(4);
    });

    it("leaves it waiting while the run goes on beside it", () => {
      const spool = open();
      keep(spool, "prod", [record("a"), record("b")]);
      spool.tellDue(noon);
      expect(drain(spool, "siem")).toHaveLength(2);
      expect([spool.standing("siem").position, waiting(spool).length]).toEqual([2, 1]);
      balanced(spool);
    });
  });
}
