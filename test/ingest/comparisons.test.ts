import { describe, expect, it } from "vitest";
import { dayMs, dayText } from "../../src/time/clock.ts";
import { line } from "../source/wandb-api/reading.ts";
import { hourMs, stored, today, witnessScene } from "./witness-scene.ts";

const of = (day: number, ...seconds: number[]) => seconds.map((second) => line(day, second));
const days = [today - 4, today - 3, today - 2, today - 1];
const log = days.flatMap((day) => of(day, 100, 200, 200, 300));

describe("a witness", () => {
  it("finds nothing where the bucket has what the API shows, whatever names W&B fills in", async () => {
    const named = log.map((text) => JSON.stringify({ ...JSON.parse(text), actor_email: "amy@acme.example" }));
    const here = await witnessScene(named);
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300));
    expect(named.map(stored)).not.toEqual(named);
    await here.poll();
    expect(days.map((day) => here.witnessed(day))).toMatchObject(
      days.map(() => ({ shown: 4, known: 4, missing: 0, extra: 0, open: false })),
    );
    expect(here.kept()).toHaveLength(named.length);
    expect(here.reports.filter(({ type }) => type.startsWith("witness_d"))).toHaveLength(days.length);
  });

  it("names what its primary has not, each as often as it lacks, and only when that has settled", async () => {
    const here = await witnessScene(log);
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300));
    here.put(today - 3, of(today - 3, 100, 200, 200, 200, 200, 300, 400));
    await here.poll();
    expect(here.differing()).toEqual([]);
    expect(here.own("witness_differs")).toEqual([]);
    await here.hours(2);
    expect(here.differing()).toMatchObject([{ day: today - 3, missing: 3, extra: 0, shown: 7, known: 4 }]);
    const [told] = here.own("witness_differs");
    expect(told).toMatchObject({ source: "archive", day: dayText(today - 3), missing: 3, extra: 0 });
    expect(told.examples).toContainEqual({
      of: "missing",
      uid: expect.stringMatching(/^[0-9a-f]{32}$/),
      time: `${dayText(today - 3)}T00:06:40.000Z`,
      action: "project:read",
    });
    expect(here.kept()).toHaveLength(log.length);
    await here.hours(24);
    expect(here.own("witness_differs")).toHaveLength(1);
    expect(here.reports.filter(({ type }) => type === "witness_differs")).toHaveLength(1);
  });

  it("says when its primary has caught up", async () => {
    const here = await witnessScene(log);
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300));
    here.put(today - 1, of(today - 1, 100, 200, 200, 300, 400));
    await here.hours(3);
    expect(here.differing()).toMatchObject([{ day: today - 1, missing: 1 }]);
    here.server.log.append(line(today - 1, 400));
    await here.hours(2);
    expect(here.differing()).toEqual([]);
    expect(here.own("witness_agrees")).toMatchObject([{ day: dayText(today - 1), source: "archive" }]);
    expect(here.reports.filter(({ type }) => type === "witness_agrees")).toHaveLength(1);
  });

  it("finds what the primary has not read of the day that goes on, without waiting for its end", async () => {
    const here = await witnessScene(log);
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300));
    here.server.log.append(...of(today, 100));
    here.put(today, of(today, 100, 200));
    await here.poll();
    expect(here.differing()).toEqual([]);
    await here.hours(2);
    expect(here.differing()).toMatchObject([{ day: today, missing: 1, extra: 0, open: true }]);
  });

  it("tells nothing of what only came a poll later, or twenty minutes later in the bucket", async () => {
    const here = await witnessScene([]);
    const both: string[] = [];
    for (let round = 0; round < 40; round++) {
      const second = (here.clock.at - Math.floor(here.clock.at / dayMs) * dayMs) / 1000;
      const next = line(Math.floor(here.clock.at / dayMs), second);
      if (round % 2 === 0) here.server.log.append(next);
      else here.server.log.append(...both.slice(-1), next);
      both.push(next);
      const day = Math.floor(here.clock.at / dayMs);
      const ofDay = both.filter((text) => text.includes(dayText(day)));
      here.put(day, round % 3 === 0 ? ofDay : ofDay.slice(0, -1));
      here.pass(20 * 60_000);
      await here.poll(round % 4 === 0 ? "archive" : "both");
    }
    expect(here.own("witness_differs")).toEqual([]);
  });

  it("finds what it was not shown: a copy that is shorter, and one that is not there", async () => {
    const here = await witnessScene(log);
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300));
    here.put(today - 2, of(today - 2, 100, 200));
    here.shelf.contents.delete(`${today - 3}`);
    await here.hours(3);
    expect(here.differing()).toMatchObject([
      { day: today - 3, missing: 0, extra: 4, shown: 0, known: 4 },
      { day: today - 2, missing: 0, extra: 2, shown: 2, known: 4 },
    ]);
    expect(here.own("witness_differs")[0].examples[0]).toEqual({
      of: "extra",
      uid: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    here.put(today - 2, of(today - 2, 100, 200, 200, 300));
    await here.hours(3);
    expect(here.differing()).toMatchObject([{ day: today - 3 }]);
  });

  it("says nothing of days that its primary does not want, and of those that nobody may remember", async () => {
    const here = await witnessScene(log, { primaryStart: 3 });
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300, 900));
    await here.hours(3);
    expect(here.differing().map(({ day }) => day)).toEqual([today - 2, today - 1]);
  });

  it("finds that nothing is left of a day that it has shown itself, when it was a primary", async () => {
    const here = await witnessScene(log);
    here.restart("primary");
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300, 400));
    await here.poll();
    here.restart("verify");
    here.put(today - 2, []);
    await here.hours(3);
    expect(here.differing()).toMatchObject([{ day: today - 2, missing: 0, extra: 5, shown: 0 }]);
  });

  it("waits for a primary that is behind, and for a day at most", async () => {
    const here = await witnessScene(log);
    await here.poll();
    here.pass(dayMs);
    here.put(today, of(today, 100));
    await here.poll("archive");
    here.pass(2 * hourMs);
    await here.poll("archive");
    expect(here.differing()).toEqual([]);
    for (let hours = 0; hours < 52; hours++) {
      here.pass(hourMs);
      await here.poll("archive");
    }
    expect(here.differing()).toContainEqual(expect.objectContaining({ day: today, missing: 1 }));
  });

  it("goes on after a restart with what it had found, and compares what it had not", async () => {
    const here = await witnessScene(log);
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300, 301));
    await here.poll();
    here.restart();
    await here.hours(3);
    expect(here.differing().map(({ missing }) => missing)).toEqual([1, 1, 1, 1]);
    here.restart();
    await here.hours(3);
    expect(here.own("witness_differs")).toHaveLength(4);
    const state = here
      .store()
      .sources()
      .find(({ source }) => source === "archive");
    expect(state?.witnessed?.map(({ day }) => day)).toEqual([today - 5, ...days].slice(-days.length));
  });

  it("reads a day of several objects as one, twins counted in each alone", async () => {
    const here = await witnessScene(log);
    for (const day of days.slice(1)) here.put(day, of(day, 100, 200, 200, 300));
    here.shelf.put(
      "a",
      `${of(today - 4, 100, 200)
        .map(stored)
        .join("\n")}\n`,
      (today - 3) * dayMs,
    );
    here.shelf.put(
      "b",
      `${of(today - 4, 200, 200, 300)
        .map(stored)
        .join("\n")}\n`,
      (today - 3) * dayMs + 1,
    );
    await here.hours(3);
    expect(here.differing()).toEqual([]);
    expect(here.witnessed(today - 4)).toMatchObject({ shown: 4, known: 4 });
  });

  it("tries a day again that it cannot be shown, and says why", async () => {
    const here = await witnessScene(log);
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300));
    // It can be read when it has changed, and not when it is compared.
    here.shelf.beforeOpen = () => {
      if (
        here.reports.some((each) => each.type === "poll_done" && each.source === "archive" && each.caughtUp)
      )
        here.shelf.denied.add(`${today - 2}`);
    };
    await here.hours(2);
    expect(here.witnessed(today - 2)).toMatchObject({
      open: true,
      trouble: `${today - 2}: denied`,
      missing: 0,
    });
    const failed = here.reports.filter((report) => report.type === "witness_failed");
    expect(failed.map(({ passed }) => passed)).toEqual([false, false, true]);
    expect(here.differing()).toEqual([]);
    here.shelf.beforeOpen = () => {};
    here.shelf.denied.clear();
    await here.hours(25);
    expect(here.witnessed(today - 2)).toMatchObject({ missing: 0, extra: 0, open: false, known: 4 });
    expect(here.witnessed(today - 2)).not.toHaveProperty("trouble");
  });
});

describe("a role that changes", () => {
  it("lets a witness that becomes primary deliver all that it was shown and nobody has, and nothing twice", async () => {
    const here = await witnessScene(log);
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300, 400));
    here.put(today, of(today, 100));
    await here.hours(3);
    expect(here.kept()).toHaveLength(log.length);
    here.put(today, of(today, 100, 5_000));
    await here.poll("archive");
    here.restart("primary");
    expect(here.own("gap_found").at(-1)).toMatchObject({ source: "archive", count: 5 });
    here.pass(60_000);
    await here.poll();
    const more = [...days.map((day) => line(day, 400)), ...of(today, 100, 5_000)];
    expect(here.kept().map(stored).sort()).toEqual([...log, ...more].map(stored).sort());
    expect(
      here
        .store()
        .sources()
        .flatMap(({ gaps }) => gaps),
    ).toEqual([]);
    expect(here.store().witnessed("archive")).toEqual([]);
    expect(here.own("gap_filled").reduce((sum, { count }) => sum + count, 0)).toBe(5);
  });

  it("keeps what was never compared in mind, through kills and further changes", async () => {
    const here = await witnessScene(log);
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300));
    await here.hours(2);
    here.put(today - 2, of(today - 2, 100, 200, 200, 300, 400));
    await here.poll("archive");
    here.restart("primary");
    // Nothing was read before it was a witness again.
    here.restart("verify");
    expect(here.witnessed(today - 2)).toMatchObject({ open: true });
    expect(here.own("gap_dropped").at(-1)).toMatchObject({ source: "archive", why: "not_wanted" });
    here.restart();
    here.restart("primary");
    here.pass(60_000);
    await here.poll();
    expect(here.kept().map(stored)).toContain(stored(line(today - 2, 400)));
    expect(here.kept()).toHaveLength(log.length + 1);
  });

  it("lets a primary that becomes a witness keep nothing more", async () => {
    const here = await witnessScene(log.slice(0, 4));
    here.restart("primary");
    for (const day of days) here.put(day, of(day, 100, 200, 200, 300));
    await here.poll();
    expect(here.kept()).toHaveLength(log.length);
    here.restart("verify");
    here.put(today - 1, of(today - 1, 100, 200, 200, 300, 400));
    await here.hours(3);
    expect(here.kept()).toHaveLength(log.length);
    expect(here.differing()).toMatchObject([{ day: today - 1, missing: 1 }]);
    const books = here
      .store()
      .books()
      .filter(({ source, day }) => source === "archive" && day === today - 1);
    expect(books).toMatchObject([{ new: 4 }]);
  });
});
