import { beforeEach, expect, it } from "vitest";
import type { Source } from "../../../src/source/source.ts";
import { readShelfDay } from "../../../src/source/stored-log/shelf-day.ts";
import { ShelfReader } from "../../../src/source/stored-log/shelf-reader.ts";
import { MemoryShelf } from "../../fake/memory-shelf.ts";
import { Keeper, line, noon, testClock, today } from "../wandb-api/reading.ts";

const day = 86_400_000;
const text = (...lines: string[]) => lines.map((each) => `${each}\n`).join("");

let shelf: MemoryShelf;
let keeper: Keeper;
beforeEach(() => {
  shelf = new MemoryShelf();
  const options = {
    ...{
      shelf,
      clock: testClock(),
      start: { back: 2 * day },
      place: "",
      lookback: 3_600_000,
      maxLine: 1_000_000,
    },
    ...{ acceptMalformed: [], scrub: (said: string) => said, archive: true },
  };
  const reader = new ShelfReader(options);
  keeper = new Keeper({
    read: reader.read.bind(reader),
    readDay: (request, stop, passages) => readShelfDay(options, request, stop, passages),
  } as Source);
});

/** An object a day, as it is written: shortly after the day has ended. */
const putDay = (of: number, ...lines: string[]) =>
  shelf.put(`${of}`, text(...lines), noon - (today - of - 1) * day);
const opened = () => shelf.opened.splice(0).map((each) => each.split(" ")[0]);

it("learns once which days an object has, and reads then only those that may show the day", async () => {
  for (let of = today - 6; of < today; of++) putDay(of, line(of, 1));
  await keeper.poll();
  opened();
  expect(await keeper.readDay(today - 6)).toMatchObject({ shown: 1, gap: undefined });
  expect(opened()).toEqual([today - 6, today - 5].map(String));
  expect(await keeper.readDay(today - 5)).toMatchObject({ shown: 1, gap: undefined });
  expect(opened()).toEqual([`${today - 5}`]);
  // What has changed since may show anything.
  putDay(today - 4, line(today - 4, 1), line(today - 5, 9));
  expect((await keeper.readDay(today - 5)).shown).toBe(2);
});

it("shows a day that is spread over several objects, and of an object with many days only that one", async () => {
  shelf.put("first", text(line(today - 9, 1), line(today - 8, 1)), noon - 7 * day);
  shelf.put("second", text(line(today - 8, 2), line(today - 7, 1)), noon - 6 * day);
  expect(await keeper.readDay(today - 8)).toMatchObject({ shown: 2, gap: undefined });
  expect(keeper.lines).toEqual([line(today - 8, 1), line(today - 8, 2)]);
});

it("is a gap where an object of the day is broken, when the others are read, and tries again what is denied", async () => {
  shelf.put("broken", "<html>no log</html>", noon - 4 * day);
  shelf.put("sound", text(line(today - 5, 2)), noon - 3.9 * day);
  const read = await keeper.readDay(today - 5);
  expect(read.gap).toContain("broken");
  expect(keeper.lines).toContain(line(today - 5, 2));
  // Of the next reading of the same day nothing is left over.
  putDay(today - 5, line(today - 5, 3));
  shelf.contents.delete("broken");
  expect(await keeper.readDay(today - 5)).toMatchObject({ gap: undefined });
  shelf.denied.add("sound");
  await expect(keeper.readDay(today - 5)).rejects.toMatchObject({ reason: "forbidden" });
});

it("is a gap where nothing is as old as the day, and none where the day is just empty", async () => {
  shelf.put("a", text(line(today - 5, 1)), noon - 4 * day);
  expect((await keeper.readDay(today - 20)).gap).toBe("no object that shows this day is left");
  expect(await keeper.readDay(today - 4)).toMatchObject({ shown: 0, gap: undefined });
});
