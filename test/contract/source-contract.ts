import { afterEach, describe, expect, test } from "vitest";
import type { Cursor } from "../../src/record/reading.ts";
import type { Source } from "../../src/source/source.ts";
import { dayText } from "../../src/time/clock.ts";
import { history, type Keeper, line, today } from "../source/wandb-api/reading.ts";

/** A source under test with the truth it should show. */
export interface SourceSubject {
  /** Reads as the daemon does; keeps its cursor between polls. */
  readonly keeper: Keeper;
  append(...lines: string[]): void;
  late(...lines: string[]): void;
  shuffle(): void;
  rename(from: string, to: string): void;
  truth(): string[];
  /** Sources of the same kind that cannot be read: nobody listens, a file is lost. */
  outOfReach(): readonly Source[];
  /** Moves the clock of both sides. */
  advance(ms: number): void;
  close(): Promise<void>;
}

const hour = 3_600_000;

/** What every source must do, whatever it reads from. `start` makes a source that begins seven days back. */
export function sourceContract(
  name: string,
  start: (lines: readonly string[]) => Promise<SourceSubject>,
): void {
  describe(`${name} keeps the contract of a source`, () => {
    let subject: SourceSubject | undefined;
    afterEach(() => subject?.close());
    const begin = async (lines: readonly string[] = history(today - 6)) => {
      subject = await start(lines);
      return subject;
    };

    test("the first poll shows everything since the start", async () => {
      const { keeper, truth } = await begin();
      await keeper.poll();
      expect(keeper.lines).toEqual(truth());
      expect(keeper.gaps).toEqual([]);
    });

    test("a cursor that another kind of source gave is a beginning", async () => {
      const { keeper, truth } = await begin();
      keeper.cursor = '{"of":"another kind"}' as Cursor;
      await keeper.readDay(today - 1);
      await keeper.poll();
      expect(keeper.lines).toEqual(truth());
    });

    test("entries before the start are left out", async () => {
      const { keeper } = await begin([line(today - 30, 1), line(today - 7, 1), line(today, 1)]);
      await keeper.poll();
      expect(keeper.lines).toEqual([line(today, 1)]);
    });

    test("an unchanged log shows nothing new", async () => {
      const { keeper } = await begin();
      await keeper.poll();
      expect(await keeper.poll()).toEqual([]);
    });

    test("UP-LATE what appears late within the lookback is shown, and what is later when its day is asked for", async () => {
      const { keeper, late, truth, advance } = await begin();
      await keeper.poll();
      late(line(today - 1, 80_000, { actor_user_id: "late" }));
      advance(300_000);
      expect(await keeper.poll()).toHaveLength(1);
      late(line(today - 2, 500, { actor_user_id: "very late" }));
      for (let hours = 0; hours < 24; hours++) {
        advance(hour);
        await keeper.poll();
      }
      await keeper.readDay(today - 2);
      expect(keeper.lines).toEqual(truth());
    });

    test("TM-MIDNIGHT midnight loses nothing", async () => {
      const { keeper, append, truth, advance } = await begin();
      await keeper.poll();
      advance(12 * hour - 30_000);
      for (let step = 0; step < 6; step++) {
        const second = 86_400 - 30 + step * 10;
        append(line(today, second, { actor_user_id: step }));
        await keeper.poll();
        advance(10_000);
      }
      await keeper.poll();
      expect(keeper.lines).toEqual(truth());
    });

    test("UP-SHUFFLE another order shows nothing new", async () => {
      const { keeper, shuffle } = await begin();
      await keeper.poll();
      shuffle();
      expect(await keeper.poll()).toEqual([]);
    });

    test("UP-IDENT identical entries are as many as there are, also when more come later", async () => {
      const twin = line(today, 40_000);
      const { keeper, late, truth } = await begin([twin, line(today, 1), twin]);
      await keeper.poll();
      expect(keeper.lines).toEqual(truth());
      late(twin, twin);
      expect(await keeper.poll()).toHaveLength(2);
      expect(await keeper.poll()).toHaveLength(0);
    });

    test("UP-RENAME a renamed project shows nothing new", async () => {
      const { keeper, rename } = await begin();
      await keeper.poll();
      rename("defect-detector", "renamed");
      expect(await keeper.poll()).toEqual([]);
    });

    test("after days away every missed day is shown", async () => {
      const { keeper, append, truth, advance } = await begin();
      await keeper.poll();
      for (let day = today + 1; day <= today + 5; day++)
        append(line(day, 100), line(day, 7000), line(day, 7000));
      advance(5 * 24 * hour);
      await keeper.poll();
      expect(keeper.lines).toEqual(truth());
      expect(keeper.gaps).toEqual([]);
    });

    test("an empty log is read without a complaint", async () => {
      const { keeper, append } = await begin([]);
      await keeper.poll();
      append(line(today, 1));
      expect(await keeper.poll()).toHaveLength(1);
    });

    test("the watermark follows the clock and covers end where the read began", async () => {
      const { keeper, advance } = await begin();
      await keeper.poll();
      const before = keeper.dones.at(-1)?.watermark ?? 0;
      advance(hour);
      await keeper.poll();
      expect((keeper.dones.at(-1)?.watermark ?? 0) - before).toBe(hour);
    });

    test("a day that is asked for is shown whole and alone, whatever the start says, or said to be out of reach", async () => {
      const past = [today - 30, today - 20, today - 5].flatMap((day) => [
        ...[line(day, 1), line(day, 1), line(day, 80_000)],
      ]);
      const { keeper } = await begin([line(today - 31, 86_399), ...past, line(today, 1)]);
      await keeper.poll();
      const before = keeper.cursor;
      for (const day of [today - 30, today - 20, today - 5]) {
        const { fresh, gap } = await keeper.readDay(day);
        const texts = fresh.map(({ bytes }) => bytes.toString()).sort();
        const wanted = past.filter((text) => text.includes(dayText(day))).sort();
        if (day === today - 5) expect([texts, gap]).toEqual([[], undefined]);
        else if (gap === undefined) expect(texts).toEqual(wanted);
        else expect(gap).toMatch(/days? back|reach(es)? back|no (file|object) that shows/);
        // What was shown is known.
        expect((await keeper.readDay(day)).fresh).toEqual([]);
      }
      expect(keeper.cursor).toBe(before);
      expect(await keeper.poll()).toEqual([]);
    });

    test("a day shows what came late to it, its twins too, and a day without entries shows none", async () => {
      const twin = line(today - 3, 9_000);
      const { keeper, late } = await begin([line(today - 6, 1), twin, line(today - 1, 1), line(today, 1)]);
      await keeper.poll();
      late(twin, line(today - 3, 400, { actor_user_id: "late" }));
      expect((await keeper.readDay(today - 3)).fresh).toHaveLength(2);
      expect(await keeper.readDay(today - 3)).toMatchObject({ fresh: [], shown: 3, gap: undefined });
      expect(await keeper.readDay(today - 4)).toMatchObject({ fresh: [], shown: 0, gap: undefined });
    });

    test("stop ends the read of a day with its reason", async () => {
      const { keeper } = await begin();
      const reason = new Error("stopping");
      await expect(keeper.readDay(today - 1, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    test("a probe never throws: nobody listens, no time is left, a file is lost", async () => {
      const { outOfReach } = await begin();
      for (const source of outOfReach()) {
        for (const deadline of [new AbortController().signal, AbortSignal.abort()])
          expect((await source.probe(deadline)).map(({ level }) => level)).toContain("problem");
        await source.close();
      }
    });

    test("stop ends a read with its reason", async () => {
      const { keeper } = await begin();
      const reason = new Error("stopping");
      await expect(keeper.read(AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}
