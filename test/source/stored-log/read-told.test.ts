import { expect, it } from "vitest";
import { readTold } from "../../../src/source/stored-log/read-told.ts";
import type { Volume } from "../../../src/source/stored-log/volume.ts";
import { MemoryShelf } from "../../fake/memory-shelf.ts";
import { recordsOf } from "../../fake/records-of.ts";
import { line, noon, testClock, today } from "../wandb-api/reading.ts";

const day = 86_400_000;

async function told(shelf: MemoryShelf, name: string, ended: readonly string[] = []) {
  const volumes = new Map<string, Volume>();
  for await (const volume of shelf.list()) volumes.set(volume.name, volume);
  const find = (id: string) => volumes.get(id) ?? expect.unreachable();
  const reading = readTold(
    {
      ...{ shelf, clock: testClock(), start: { at: 0 }, place: "", lookback: 0, maxLine: 1_000_000 },
      ...{ acceptMalformed: [], scrub: (said: string) => said, archive: false },
    },
    {
      ...{ volume: find(name), from: 0, ended: ended.map((id) => ({ volume: find(id), from: 0 })) },
      wanted: { from: today * day, to: (today + 1) * day },
    },
    new AbortController().signal,
    undefined,
  );
  const shown: string[] = [];
  let step = await reading.next();
  for (; step.done !== true; step = await reading.next())
    shown.push(...recordsOf(step.value).map(({ bytes }) => bytes.toString()));
  return { shown, read: step.value };
}

it("shows what is wanted of a volume and of those that ended when it began, and knows the days of all", async () => {
  const shelf = new MemoryShelf();
  shelf.put("old", `${line(today, 1)}\n`, noon);
  shelf.put("new", `${line(today - 1, 86_399)}\n${line(today, 1)}\n${line(today + 1, 0)}\n`, noon);
  const { shown, read } = await told(shelf, "new", ["old"]);
  expect(shown).toEqual([line(today, 1), line(today, 1)]);
  expect([...read.records.times.perDay.keys()].sort()).toEqual([today - 1, today, today + 1]);
});

it("throws what is wrong with the content, with the volume's name", async () => {
  const shelf = new MemoryShelf();
  shelf.put("page", "<html>", noon);
  await expect(told(shelf, "page")).rejects.toMatchObject({ name: "VolumeError", volume: "page" });
});
