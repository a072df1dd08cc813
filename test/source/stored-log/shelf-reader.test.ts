import { beforeEach, describe, expect, it } from "vitest";
import type { Cursor } from "../../../src/record/reading.ts";
import type { Source } from "../../../src/source/source.ts";
import type { ShelfReaderOptions } from "../../../src/source/stored-log/read-told.ts";
import { shelfClosing } from "../../../src/source/stored-log/shelf-closing.ts";
import {
  keptProgress,
  type ShelfProgress,
  shelfTexts,
} from "../../../src/source/stored-log/shelf-progress.ts";
import { ShelfReader } from "../../../src/source/stored-log/shelf-reader.ts";
import { VolumeError } from "../../../src/source/stored-log/volume.ts";
import { MemoryShelf } from "../../fake/memory-shelf.ts";
import { failure, Keeper, line, noon, type TestClock, testClock, today } from "../wandb-api/reading.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** Five megabytes of one day, an entry every hundredth of a second or so. */
const filler = "x".repeat(500);
const longDay = (from = 0, count = 10_000) =>
  Array.from({ length: count }, (_, at) => line(today, (from + at) * 4, { note: filler, at: from + at }));
const text = (lines: readonly string[]) => lines.map((each) => `${each}\n`).join("");

let shelf: MemoryShelf;
let clock: TestClock;
beforeEach(() => {
  shelf = new MemoryShelf();
  clock = testClock();
});

function reader(changes: Partial<ShelfReaderOptions> = {}): Source {
  const made = new ShelfReader({
    ...{
      shelf,
      clock,
      start: { at: 0 },
      place: "here",
      lookback: hour,
      maxLine: 1_000_000,
      acceptMalformed: [],
    },
    ...{ scrub: (said: string) => said, archive: true, ...changes },
  });
  return { read: made.read.bind(made) } as unknown as Source;
}

const keeperOf = (changes: Partial<ShelfReaderOptions> = {}) => new Keeper(reader(changes));

describe("a volume that grows", () => {
  it("is read on from where twins may still come, and every twin counts", async () => {
    const lines = longDay();
    shelf.put("day", text(lines), noon);
    const keeper = keeperOf();
    await keeper.poll();
    const more = [lines.at(-1) as string, ...longDay(10_000, 3)];
    shelf.put("day", text([...lines, ...more]), noon + 1);
    shelf.opened.length = 0;
    expect(await keeper.poll()).toHaveLength(4);
    expect(keeper.lines).toEqual([...lines, ...more].sort());
    const [whole = 0] = shelf.opened.map((part) => Number(/ (\d+)-/.exec(part)?.[1])).slice(-1);
    expect(whole).toBeGreaterThan(3_000_000);
    expect(keeper.dones.at(-1)).toMatchObject({ caughtUp: true, notices: [], holds: [today, today] });
    // What is read as a whole shows its days itself.
    expect(keeper.dones.filter(({ holds }) => holds !== undefined)).toHaveLength(1);
  });

  it("goes on from there after a restart, and is read as a whole where its beginning is another", async () => {
    const lines = longDay();
    shelf.put("day", text(lines), noon);
    const keeper = keeperOf();
    await keeper.poll();
    keeper.source = reader();
    const sorted = [longDay(20_000, 1)[0] as string, ...lines];
    shelf.put("day", text(sorted), noon + 1);
    expect(await keeper.poll()).toHaveLength(1);
    expect(keeper.lines).toEqual(sorted.toSorted());
    expect(keeper.notices).toEqual(["day was rewritten: it is read as a whole, and nothing is taken back"]);
  });

  it("is read once more as a whole when it has not changed for a day", async () => {
    const lines = longDay();
    shelf.put("day", text(lines), noon);
    const keeper = keeperOf();
    await keeper.poll();
    shelf.put("day", text([...lines, ...longDay(10_000, 3)]), noon + 1);
    await keeper.poll();
    shelf.opened.length = 0;
    clock.at += 20 * hour;
    await keeper.poll();
    expect(shelf.opened).toEqual([]);
    clock.at += 6 * hour;
    await keeper.poll();
    expect(shelf.opened).toEqual([`day 0-${shelf.contents.get("day")?.text.length}`]);
    await keeper.poll();
    expect(shelf.opened).toHaveLength(1);
  });

  it("waits with its last line until that has ended, or closes", async () => {
    const [first, second] = [line(today, 1), line(today, 2)];
    shelf.put("day", `${first}\n${second.slice(0, 20)}`, noon);
    const keeper = keeperOf();
    expect(await keeper.poll()).toHaveLength(1);
    expect(shelfTexts("object", keeper.cursor as Cursor)).toEqual([
      "1 object known",
      "the last line of day has no end yet, and waits",
    ]);
    shelf.put("day", `${first}\n${second}`, noon + 1);
    expect(await keeper.poll()).toHaveLength(1);
    shelf.put("day", `${first}\n${second}\n`, noon + 2);
    expect(await keeper.poll()).toHaveLength(0);
  });

  it("shows no half of its first line either", async () => {
    shelf.put("day", line(today, 1).slice(0, 20), noon);
    const keeper = keeperOf();
    expect(await keeper.poll()).toEqual([]);
    shelf.put("day", line(today, 1), noon + 1);
    expect(await keeper.poll()).toHaveLength(1);
  });

  it("that shrinks is told, and nothing is taken back", async () => {
    shelf.put("day", text([line(today, 1), line(today, 2)]), noon);
    const keeper = keeperOf();
    await keeper.poll();
    shelf.put("day", text([line(today, 2)]), noon + 1);
    expect(await keeper.poll()).toEqual([]);
    expect(keeper.notices).toEqual([expect.stringContaining("day shrank from 270 B to 135 B")]);
  });
});

describe("volumes", () => {
  it("are read one by one, the oldest first, after one look, and none twice", async () => {
    for (const at of [3, 1, 2]) shelf.put(`day ${at}`, text([line(today, at)]), noon + at);
    const keeper = keeperOf();
    await keeper.poll();
    expect(shelf.lists).toBe(1);
    expect(shelf.opened.map((part) => part.slice(0, 5))).toEqual(["day 1", "day 2", "day 3"]);
    keeper.source = reader();
    await keeper.poll();
    expect(shelf.opened).toHaveLength(3);
  });

  it("that hold the same entries show each of them once", async () => {
    const lines = [line(today, 1), line(today, 1), line(today, 2)];
    shelf.put("export", text(lines), noon);
    shelf.put("another export", text(lines.slice(0, 2)), noon + 1);
    const keeper = keeperOf();
    await keeper.poll();
    expect(keeper.lines).toEqual(lines);
  });

  it.each([{ back: 7 * day }, "now"] as const)(
    "leave nothing out, start %j, once a clock that was years ahead is right",
    async (start) => {
      clock.at = noon + 900 * day;
      const old = line(today - 2, 1);
      shelf.put("day", text([old]), noon - 2 * day);
      const keeper = keeperOf({ start });
      await keeper.poll();
      expect(keeper.lines).toEqual([]);
      clock.at = noon;
      await keeper.poll();
      const fresh = line(today, 50_000);
      shelf.put("day", text([old, fresh]), noon + 2 * hour);
      clock.at = noon + 3 * hour;
      await keeper.poll();
      expect(keeper.lines).toEqual(start === "now" ? [fresh] : [old, fresh]);
    },
  );

  it("are read at another place, whatever was read and forgotten at the one before", async () => {
    const keeper = keeperOf();
    await keeper.poll();
    keeper.cursor = keeper.cursor?.replace('"before":0', `"before":${noon}`) as Cursor;
    shelf.put("older", text([line(today - 30, 1)]), noon - 30 * day);
    expect(await keeper.poll()).toEqual([]);
    keeper.source = reader({ place: "elsewhere" });
    expect(await keeper.poll()).toHaveLength(1);
    shelf.put("still older", text([line(today - 60, 1)]), noon - 60 * day);
    keeper.source = reader({ place: "elsewhere" });
    expect(await keeper.poll()).toHaveLength(1);
  });

  it("are read that could not be looked at, whatever was read and forgotten meanwhile", async () => {
    const keeper = keeperOf();
    await keeper.poll();
    const rows = Array.from({ length: 2_500 }, (_, at) => ({
      ...{ id: `${at}`, name: `${at}`, version: "v1", size: 1, changedAt: noon - (2_500 - at) * day },
    }));
    const known = JSON.parse(keeper.cursor as string) as ShelfProgress;
    keeper.cursor = keptProgress({ ...known, rows }, Number.NEGATIVE_INFINITY).cursor;
    const denied = { reason: "forbidden", message: "folder: denied", fix: "allow it" } as const;
    shelf.trouble = new VolumeError("folder", "round", denied);
    expect(await failure(keeper.read())).toMatchObject({ reason: "forbidden" });
    shelf.put("first", text([line(today - 1, 1)]), noon);
    await keeper.read();
    shelf.trouble = undefined;
    shelf.put("hidden", text([line(today - 30, 1)]), noon - 2_400 * day);
    shelf.put("later hidden", text([line(today - 29, 1)]), noon - 2_300 * day);
    keeper.source = reader();
    await keeper.poll();
    expect(keeper.lines).toContain(line(today - 30, 1));
    expect(keeper.lines).toContain(line(today - 29, 1));
  });

  it("that are empty, or older than the start, are not read", async () => {
    shelf.put("folder/", "", noon);
    shelf.put("old", text([line(today - 40, 1)]), noon - 40 * day);
    const keeper = keeperOf({ start: { back: 7 * day } });
    expect(await keeper.poll()).toEqual([]);
    expect(shelf.opened).toEqual([]);
    const early = keeperOf({ start: { back: 60 * day } });
    early.cursor = keeper.cursor;
    expect(await early.poll()).toHaveLength(1);
  });

  it("that go are told", async () => {
    shelf.put("day", text([line(today, 1)]), noon);
    const keeper = keeperOf();
    await keeper.poll();
    shelf.contents.clear();
    await keeper.poll();
    await keeper.poll();
    expect(keeper.notices).toEqual(["day is gone"]);
  });

  it("that change while they are read make the read fail, and the next one looks again", async () => {
    shelf.put("day", text([line(today, 1)]), noon);
    const keeper = keeperOf();
    shelf.beforeOpen = () => {
      shelf.beforeOpen = () => {};
      shelf.put("day", text([line(today, 2)]), noon + 1);
    };
    expect(await failure(keeper.poll())).toMatchObject({ reason: "cut_body", message: /changed while/ });
    await keeper.poll();
    expect(keeper.lines).toEqual([line(today, 2)]);
  });
});

describe("the cursor of many volumes", () => {
  const put = (volumes: number) => {
    for (let at = 0; at < volumes; at++) shelf.put(`day ${at}`, text([line(today, at)]), noon + at);
  };

  it("goes to disk once a second while there is more to read, and at the end", async () => {
    put(10);
    let at = 0;
    const keeper = keeperOf({ clock: { ...clock, monotonic: () => at } });
    for (; keeper.dones.length < 10; at += 400) await keeper.read();
    expect(keeper.dones.map(({ mayWait }) => mayWait === true)).toEqual(
      [0, 1, 1, 0, 1, 1, 0, 1, 1, 0].map((waits) => waits === 1),
    );
    expect(keeper.dones.at(-1)?.caughtUp).toBe(true);
  });

  it("does not wait where a day is a gap", async () => {
    put(3);
    const keeper = keeperOf();
    await keeper.read();
    keeper.owed = [today - 9];
    await keeper.read();
    expect(keeper.dones.at(-1)).toMatchObject({ gaps: [{ day: today - 9 }], caughtUp: false });
    expect(keeper.dones.at(-1)?.mayWait).toBeUndefined();
  });

  it("loses nothing and doubles nothing where a start finds an older one", async () => {
    put(12);
    const stopped = { clock: { ...clock, monotonic: () => 0 } };
    const keeper = keeperOf(stopped);
    let written: Cursor | undefined;
    for (let lives = 0; keeper.dones.at(-1)?.caughtUp !== true; lives++) {
      keeper.source = reader(stopped);
      keeper.cursor = written;
      for (let reads = 0; reads <= lives % 4 && keeper.dones.at(-1)?.caughtUp !== true; reads++) {
        await keeper.read();
        if (keeper.dones.at(-1)?.mayWait !== true) written = keeper.cursor;
      }
    }
    expect(shelf.opened.length).toBeGreaterThan(12);
    expect(keeper.lines).toEqual(Array.from({ length: 12 }, (_, at) => line(today, at)).sort());
    keeper.source = reader();
    keeper.cursor = written;
    shelf.opened.length = 0;
    await keeper.poll();
    expect(shelf.opened).toEqual([]);
  });

  it("that was not kept is not gone on from: the same volume is shown again", async () => {
    put(3);
    const keeper = keeperOf();
    await keeper.read();
    const { cursor } = keeper;
    await keeper.read();
    keeper.cursor = cursor;
    await keeper.read();
    expect(shelf.opened.map((part) => part.slice(0, 5))).toEqual(["day 0", "day 1", "day 1"]);
  });
});

describe("a volume that cannot be read", () => {
  it("does not keep the others, fails every round, and is over when it can", async () => {
    shelf.put("denied", text([line(today, 1)]), noon);
    shelf.put("open", text([line(today, 2)]), noon + 1);
    shelf.denied.add("denied");
    const keeper = keeperOf();
    for (const _ of [1, 2]) {
      expect(await failure(keeper.poll())).toMatchObject({ reason: "forbidden", fix: "allow it" });
      expect(keeper.lines).toEqual([line(today, 2)]);
      expect(keeper.dones.at(-1)).toMatchObject({ troubled: true, caughtUp: false });
      clock.at += 1000;
    }
    expect(keeper.notices).toEqual(["denied: denied"]);
    shelf.put("open", text([line(today, 2), line(today, 3)]), noon + 2);
    await failure(keeper.poll());
    expect(keeper.lines).toHaveLength(2);
    clock.at += 1000;
    shelf.denied.clear();
    await keeper.poll();
    expect(keeper.lines).toHaveLength(3);
    expect(keeper.dones.at(-1)?.troubled).toBeUndefined();
  });

  it("because of its content is read again when that has changed, and not before", async () => {
    shelf.put("page", "<html>sign in</html>", noon);
    const keeper = keeperOf();
    expect(await failure(keeper.poll())).toMatchObject({
      reason: "not_audit_logs",
      message: expect.stringContaining("page: it is a web page"),
    });
    clock.at += hour;
    keeper.source = reader();
    await failure(keeper.poll());
    expect(shelf.opened).toHaveLength(1);
    shelf.put("page", text([line(today, 1)]), noon + 1);
    expect(await keeper.poll()).toHaveLength(1);
  });

  it("shows what came before the place where it is broken", async () => {
    shelf.put("day", `{"audit_logs":[\n${line(today, 1)},\n${line(today, 2)},\n`, noon);
    const keeper = keeperOf();
    expect(await failure(keeper.poll())).toMatchObject({ reason: "cut_body" });
    expect(keeper.lines).toHaveLength(2);
    expect(keeper.dones.at(-1)?.partial).toBe(true);
  });

  it("is taken as it is where it is named", async () => {
    shelf.put("day", text(Array.from({ length: 20 }, (_, at) => `no record ${at}`)), noon);
    expect((await failure(keeperOf().poll())).reason).toMatch(/not_audit_logs|all_malformed/);
    expect(await keeperOf({ acceptMalformed: ["day"] }).poll()).toHaveLength(20);
  });
});

describe("a day that is due once more", () => {
  it("is read in every volume that shows it, and counts as read then", async () => {
    shelf.put("one", text([line(today - 1, 1)]), noon);
    shelf.put("two", text([line(today - 1, 2), line(today, 1)]), noon + 1);
    shelf.put("three", text([line(today, 2)]), noon + 2);
    const keeper = keeperOf();
    await keeper.poll();
    shelf.opened.length = 0;
    keeper.owed = [today - 1];
    await keeper.read();
    expect(keeper.dones.at(-1)?.covered).toEqual({ from: 0, to: 0 });
    await keeper.read();
    expect(keeper.dones.at(-1)?.covered).toEqual({ from: (today - 1) * day, to: today * day });
    keeper.owed = [];
    await keeper.poll();
    expect(shelf.opened.map((part) => part.split(" ")[0])).toEqual(["one", "two"]);
  });

  it("is followed by the next one at once, without a poll in between", async () => {
    for (const of of [today - 2, today - 1]) shelf.put(`${of}`, text([line(of, 1)]), noon);
    const keeper = keeperOf();
    await keeper.poll();
    keeper.owed = [today - 2, today - 1];
    await keeper.read();
    expect(keeper.dones.at(-1)).toMatchObject({ caughtUp: false, covered: { from: (today - 2) * day } });
    keeper.owed = [today - 1];
    await keeper.read();
    expect(keeper.dones.at(-1)).toMatchObject({ caughtUp: true, covered: { from: (today - 1) * day } });
  });

  it("is a gap when no volume shows it any more", async () => {
    const keeper = keeperOf();
    keeper.owed = [today - 1];
    await keeper.read();
    expect(keeper.gaps).toEqual([today - 1]);
  });
});

it("remembers the oldest day that it could tell of, whatever is removed later", async () => {
  const first = (keeper: Keeper) => shelfClosing(keeper.cursor as Cursor)?.first;
  shelf.put("new", text([line(today - 3, 1), line(today - 1, 1)]), noon);
  const keeper = keeperOf({ start: { at: (today - 9) * day } });
  await keeper.poll();
  expect(first(keeper)).toBe(today - 3);
  shelf.put("older", text([line(today - 5, 1)]), noon + 1);
  await keeper.poll();
  shelf.contents.delete("older");
  await keeper.poll();
  expect(first(keeper)).toBe(today - 5);
  // One that is not read, as it is from before the start, was there all the same.
  shelf.put("oldest", text([line(today - 30, 1)]), noon - 29 * day);
  await keeper.poll();
  expect(first(keeper)).toBe(today - 9);
});
