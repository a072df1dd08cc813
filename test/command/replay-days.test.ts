import { expect, it } from "vitest";
import { daysToRead } from "../../src/command/replay-days.ts";

const source = (name: string, instance: string, noDays?: string, role = "primary") =>
  ({ config: { name, role }, origin: { instance }, noDays }) as never;
const sources = [
  source("witness", "acme", undefined, "verify"),
  source("prod", "acme"),
  source("copy", "acme"),
  source("pipe", "acme", "standard input"),
  source("lone pipe", "other", "standard input"),
];
const gone = (name: string, first: number, end: number) => ({ source: name, first, end, records: 1 });

it("asks who had shown them, or another of the instance where that cannot be asked", () => {
  const lost = [gone("copy", 5, 8), gone("pipe", 3, 4), gone("witness", 9, 10)];
  const { days, unread } = daysToRead(lost, sources);
  expect(days).toMatchObject([
    { source: "copy", first: 5, end: 8 },
    { source: "prod", first: 3, end: 10 },
  ]);
  expect(unread).toEqual([]);
});

it("names what nobody can be asked for", () => {
  const lost = [gone("lone pipe", 1, 2), gone("removed", 2, 3)];
  expect(daysToRead(lost, sources)).toEqual({ days: [], unread: lost });
});

it("reads all of it from the one that a person has named, in one span", () => {
  const { days, unread } = daysToRead([gone("removed", 2, 3), gone("prod", 7, 9)], sources, "copy");
  expect([days, unread]).toMatchObject([[{ source: "copy", first: 2, end: 9 }], []]);
});
