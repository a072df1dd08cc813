import { expect, it } from "vitest";
import { shownBefore } from "../../src/ingest/shown-before.ts";
import { line } from "../source/wandb-api/reading.ts";
import { today, witnessScene } from "./witness-scene.ts";

const row = (source: string, day: number, fetched: number, fresh: number) => ({
  ...{ source, day, fetched, new: fresh },
});

it("is all that is known where no other source has shown the day, whoever was first with it", () => {
  const prod = { source: "prod", day: 7, known: 9 };
  expect(shownBefore([], prod)).toBe(9);
  expect(shownBefore([row("prod", 7, 20, 9), row("archive", 8, 5, 5), row("archive", 7, 0, 0)], prod)).toBe(
    9,
  );
});

it("is what the source was first with where others have shown the day, and never more than is known", () => {
  const prod = { source: "prod", day: 7, known: 9 };
  expect(shownBefore([row("prod", 7, 20, 4), row("archive", 7, 5, 5)], prod)).toBe(4);
  expect(shownBefore([row("archive", 7, 9, 9)], prod)).toBe(0);
  // What was damaged here came again, and was counted as new twice.
  expect(shownBefore([row("prod", 7, 40, 12), row("archive", 7, 5, 5)], prod)).toBe(9);
});

it("keeps a poll from calling a day shorter that only another source has shown in full", async () => {
  const seconds = [100, 200, 300];
  const here = await witnessScene(seconds.slice(0, 1).map((second) => line(today - 1, second)));
  here.restart("primary");
  here.put(
    today - 1,
    seconds.map((second) => line(today - 1, second)),
  );
  await here.poll("archive");
  await here.poll();
  await here.hours(2);
  expect(here.kept()).toHaveLength(3);
  const shrunk = () => here.reports.filter(({ type }) => type === "day_shrank");
  expect(shrunk()).toEqual([]);
  // What it was the first to show, and shows no more, is still told.
  here.server.log.append(...[400, 500].map((second) => line(today - 1, second)));
  await here.hours(1);
  here.server.log.shrink(today - 1, 1);
  await here.hours(2);
  expect(shrunk()).toMatchObject([{ source: "prod", before: 2, now: 1 }]);
});
