import fc from "fast-check";
import { expect, it } from "vitest";
import { dayMs } from "../../src/time/clock.ts";
import { line } from "../source/wandb-api/reading.ts";
import { stored, today, witnessScene } from "./witness-scene.ts";

const days = [today - 3, today - 2, today - 1, today];
const entry = fc.record({ day: fc.constantFrom(...days), second: fc.integer({ min: 1, max: 4 }) });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant("both" as const), entry }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("bucket" as const), entry }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("api" as const), entry }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("lose" as const), entry }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("hours" as const, "restart" as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom("primary" as const, "verify" as const) }) },
);

const count = (lines: readonly string[]) => {
  const counts = new Map<string, number>();
  for (const each of lines.map(stored)) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
};
/** What there is more of in one than in the other. */
const more = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>) =>
  [...one].reduce((sum, [text, times]) => sum + Math.max(0, times - (other.get(text) ?? 0)), 0);
const dayOf = (text: string) => Math.floor(Date.parse(JSON.parse(text).timestamp) / dayMs);

it("whatever both ways show and hide, and however roles change, what is told is what differs, and nothing is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      // An object that is older than all of them: without it nobody knows whether one is missing.
      const oldest = line(today - 4, 1);
      const here = await witnessScene([oldest]);
      here.put(today - 4, [oldest]);
      const bucket = new Map(days.map((day) => [day, [] as string[]]));
      const put = (day: number) => here.put(day, bucket.get(day) ?? []);
      for (const day of days) put(day);
      await here.poll();
      for (const { does, ...of } of steps) {
        if (does === "hours") await here.hours(2);
        else if (does === "restart") here.restart();
        else if (does === "primary" || does === "verify") {
          here.restart(does);
          here.pass(60_000);
          await here.poll();
        } else {
          const { day, second } = (of as { entry: { day: number; second: number } }).entry;
          const text = line(day, second);
          if (does === "both" || does === "api") here.server.log.append(text);
          if (does === "both" || does === "bucket") bucket.get(day)?.push(text);
          // What is gone as a whole shows when its day is three days old.
          if (does === "lose" && (bucket.get(day)?.length ?? 0) > 1) bucket.get(day)?.pop();
          if (does !== "api") put(day);
        }
      }
      here.restart("verify");
      here.pass(60_000);
      await here.hours(30);
      const kept = count(here.kept());
      const found = new Map(
        here
          .store()
          .witnessed("archive")
          .map((row) => [row.day, row]),
      );
      for (const day of days) {
        const ofDay = count(here.kept().filter((text) => dayOf(text) === day));
        const shown = count(bucket.get(day) ?? []);
        const { missing = 0, extra = 0, open = false } = found.get(day) ?? {};
        expect({ day, missing, extra, open }).toEqual({
          ...{ day, missing: more(shown, ofDay), extra: more(ofDay, shown), open: false },
        });
      }
      here.restart("primary");
      here.pass(60_000);
      await here.poll();
      const all = count([oldest, ...[...bucket.values()].flat()]);
      const now = count(here.kept());
      // All of it is there now, each as often as one of both has it, and nothing came twice.
      for (const text of new Set([...all.keys(), ...kept.keys()]))
        expect(now.get(text) ?? 0).toBe(Math.max(kept.get(text) ?? 0, all.get(text) ?? 0));
    }),
    { numRuns: 12 },
  );
}, 120_000);
