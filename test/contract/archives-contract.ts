import { afterEach, describe, expect, it } from "vitest";
import type { StoredFile } from "../../src/record/stored-file.ts";
import type { Store } from "../../src/spool/store.ts";
import { all, drain, keep, move, record, settled, today } from "../fake/records.ts";
import type { SpoolSubject } from "./spool-contract.ts";

const file: StoredFile = { name: "a.ndjson.gz", day: today, size: 10, sha256: "ab".repeat(32), records: 2 };

/** What every spool must do for outputs that plan what they store. */
export function archivesContract(name: string, subject: SpoolSubject): void {
  const opened: Store[] = [];
  const open = (outputs: readonly string[]) => {
    const spool = subject.open(outputs);
    opened.push(spool);
    return spool;
  };
  afterEach(() => {
    for (const spool of opened.splice(0)) spool.close();
  });

  describe(`${name} keeps what outputs plan and store`, () => {
    it("a plan stands until the position is where it ends", () => {
      const spool = open(["store", "siem"]);
      keep(
        spool,
        "prod",
        ["a", "b", "c"].map((each) => record(each)),
      );
      spool.archives.plan("store", { through: 2, plan: "first" });
      spool.archives.plan("store", { through: 2, plan: "second" });
      expect(spool.standing("store").planned).toEqual({ through: 2, plan: "second" });
      expect(spool.standing("siem")).not.toHaveProperty("planned");
      const first = spool.read(0, { events: 1, bytes: 1 });
      spool.settle("store", move(1, settled(first).counts));
      expect(spool.standing("store").planned?.plan).toBe("second");
      const rest = spool.read(1, { events: 1, bytes: 1 });
      spool.settle("store", move(2, settled(rest).counts));
      expect(spool.standing("store")).not.toHaveProperty("planned");
      drain(spool, "store");
    });

    it("what was stored is known by its name, and what was found stored is no second one", () => {
      const spool = open(["store"]);
      keep(spool, "prod", [record("a"), record("b")]);
      const { counts } = settled(spool.read(0, all));
      spool.settle("store", { ...move(2, counts), files: [file, { ...file, name: "b", day: today - 1 }] });
      keep(spool, "prod", [record("c")]);
      const more = settled(spool.read(2, all)).counts;
      spool.settle("store", { ...move(3, more), files: [{ ...file, records: 9 }] });
      expect(spool.archives.stored("store", today)).toEqual([file.name]);
      expect(spool.archives.stored("store", today - 1)).toEqual(["b"]);
      expect(spool.archives.unattested("store").files).toEqual([
        file,
        { ...file, name: "b", day: today - 1 },
      ]);
    });
  });

  const { reopen } = subject;
  if (reopen === undefined) return;
  describe(`${name} keeps what was planned over a restart`, () => {
    it("the plan, the files and the head of the chain", () => {
      const spool = open(["store"]);
      keep(spool, "prod", [record("a"), record("b")]);
      const first = settled(spool.read(0, { events: 1, bytes: 1 })).counts;
      spool.settle("store", { ...move(1, first), files: [file] });
      spool.archives.plan("store", { through: 2, plan: "the second" });
      const head = { number: 0, date: "2026-08-01", hash: "cd".repeat(32) };
      spool.archives.attested("store", { head, fingerprint: "ef", files: [file.name], days: [] });
      spool.close();
      const again = reopen(["store"]);
      opened.push(again);
      expect(again.standing("store").planned).toEqual({ through: 2, plan: "the second" });
      expect(again.archives.stored("store", today)).toEqual([file.name]);
      expect(again.archives.unattested("store").files).toEqual([]);
      expect(again.archives.head("store")).toMatchObject(head);
      expect(again.archives.unnamed("store")).toEqual({ names: [], since: expect.any(Number) });
    });
  });
}
