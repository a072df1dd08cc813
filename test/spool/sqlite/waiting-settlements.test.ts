import { setImmediate as turn } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { WaitingSettlements } from "../../../src/spool/sqlite/waiting-settlements.ts";
import { all, keep, move, record, settled } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

const directories: SpoolDirectory[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) directory.remove();
});

/** Transactions as they were done: what was written in each, and how it ended. */
function subject() {
  const done: string[] = [];
  let open: string[] | undefined;
  const waiting = new WaitingSettlements((work) => {
    const outer = open;
    open ??= [];
    const own = open;
    try {
      const result = work();
      if (outer === undefined) done.push(own.join("+"));
      return result;
    } finally {
      open = outer;
    }
  });
  const write = (text: string) => () => {
    if (text === "bad") throw new Error("bad");
    open?.push(text);
  };
  return { waiting, done, write };
}

it("goes with the transaction that comes next, and is told when that is over", async () => {
  const { waiting, done, write } = subject();
  let told = 0;
  void waiting.add(write("a")).then(() => told++);
  void waiting.add(write("b")).then(() => told++);
  await Promise.resolve();
  expect(told).toBe(0);
  waiting.change(write("append"));
  await Promise.resolve();
  expect(told).toBe(2);
  await turn();
  expect(done).toEqual(["a+b+append"]);
});

it("has a transaction of its own where none comes", async () => {
  const { waiting, done, write } = subject();
  await Promise.all([waiting.add(write("a")), waiting.add(write("b"))]);
  await waiting.add(write("c"));
  expect(done.filter(Boolean)).toEqual(["a+b", "c"]);
});

it("joins no transaction that is a part of another", async () => {
  const { waiting, done, write } = subject();
  const told: string[] = [];
  waiting.change(() => {
    void waiting.add(write("a")).then(() => told.push("a"));
    waiting.change(write("inner"));
    write("outer")();
  });
  await Promise.resolve();
  expect(told).toEqual([]);
  await turn();
  expect(done.filter(Boolean)).toEqual(["inner+outer", "a"]);
});

it("fails alone, and lets nothing else fail", async () => {
  const { waiting, done, write } = subject();
  const [good, bad] = [waiting.add(write("good")), waiting.add(write("bad"))];
  bad.catch(() => {});
  waiting.change(write("append"));
  await good;
  await expect(bad).rejects.toThrow("bad");
  expect(done.filter(Boolean)).toEqual(["good", "append"]);
  const other = waiting.add(write("other"));
  expect(() => waiting.change(write("bad"))).toThrow("bad");
  await other;
  const alone = waiting.add(write("bad"));
  await expect(alone).rejects.toThrow("bad");
});

it("writes nothing twice when something fails after the commit", async () => {
  const done: string[] = [];
  const waiting = new WaitingSettlements((work) => {
    work();
    throw new Error("after the commit");
  });
  const soon = waiting.add(() => done.push("settled"));
  soon.catch(() => {});
  expect(() => waiting.change(() => done.push("append"))).toThrow("after the commit");
  await expect(soon).rejects.toThrow("after the commit");
  expect(done).toEqual(["settled", "append"]);
});

it("is on disk with the records that were kept meanwhile, and before the spool is closed", async () => {
  const directory = new SpoolDirectory();
  directories.push(directory);
  const store = directory.open({ outputs: ["siem"] });
  keep(store, "prod", [record("a"), record("b")]);
  const { counts } = settled(store.read(0, all).slice(0, 1));
  const soon = store.settleSoon("siem", move(1, counts));
  expect(store.standing("siem").position).toBe(0);
  keep(store, "prod", [record("c")]);
  expect(store.standing("siem").position).toBe(1);
  await soon;
  const last = store.settleSoon("siem", move(3, settled(store.read(1, all)).counts));
  store.close();
  await last;
  expect(directory.open({ outputs: ["siem"] }).standing("siem").position).toBe(3);
});

it("is on disk once somebody gives way, but for what only comes then: that may go with what is kept next", async () => {
  const directory = new SpoolDirectory();
  directories.push(directory);
  const arrived: (() => void)[] = [];
  const store = directory.open({ outputs: ["siem"], takeArrived: () => arrived.shift()?.() });
  keep(store, "prod", [record("a"), record("b")]);
  const told: number[] = [];
  const settle = (after: number) => {
    const { counts } = settled(store.read(after, all).slice(0, 1));
    void store.settleSoon("siem", move(after + 1, counts)).then(() => told.push(after + 1));
  };
  settle(0);
  arrived.push(() => settle(1));
  store.giveWay();
  expect(store.standing("siem").position).toBe(1);
  await Promise.resolve();
  expect(told).toEqual([1]);
  keep(store, "prod", [record("c")]);
  expect(store.standing("siem").position).toBe(2);
});
