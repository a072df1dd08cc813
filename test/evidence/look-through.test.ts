import { describe, expect, it } from "vitest";
import { lookThrough, type ReadTwin } from "../../src/evidence/look-through.ts";
import { KnownDay } from "../../src/ingest/known-day.ts";
import { LookedDay } from "../../src/ingest/looked-day.ts";
import { begin, line, today } from "../source/wandb-api/reading.ts";

const never = new AbortController().signal;
const twin = line(today - 3, 70);
const lines = [line(today - 3, 60), twin, twin, line(today - 2, 5), line(today, 1)];

async function scene(behaviour: Parameters<typeof begin>[0] = {}) {
  const { source, server, clock } = await begin(behaviour, lines);
  const progress: number[] = [];
  const made = source();
  const asked = {
    ...{ source: made, day: today - 3, cursor: undefined, clock, stop: never },
    progress: (records: number) => void progress.push(records),
  };
  return { asked, server, clock, progress, looked: new LookedDay(new KnownDay()) };
}

describe("a day that is looked through", () => {
  it.each(["v2", "v5"] as const)("shows all of it and nothing of other days (%s)", async (dialect) => {
    const { asked, looked, progress } = await scene({ dialect });
    const twins: ReadTwin[] = [];
    expect(await lookThrough(asked, looked, (each) => void twins.push(each))).toBeUndefined();
    expect(looked.shown).toBe(3);
    expect(twins.map(({ ordinal }) => ordinal)).toEqual([1, 1, 2]);
    expect(progress.at(-1)).toBe(3);
  });

  it("is begun once more where that may help, and each record counts once", async () => {
    const { asked, looked, server, clock } = await scene({ dialect: "v5", fault: "short_body" });
    clock.faster = 1000;
    const twins: ReadTwin[] = [];
    const looking = lookThrough(asked, looked, (each) => {
      twins.push(each);
      server.behave({ fault: undefined });
    });
    setTimeout(() => server.behave({ fault: undefined }), 1);
    expect(await looking).toBeUndefined();
    expect([looked.shown, twins.length]).toEqual([3, 3]);
  });

  it("is given up after three tries, and at once where only a person can help", async () => {
    const { asked, looked, server, clock } = await scene({ dialect: "v5", fault: "short_body" });
    clock.faster = 1000;
    const before = server.taken().length;
    await expect(lookThrough(asked, looked)).rejects.toMatchObject({ name: "SourceError" });
    expect(server.taken().length - before).toBe(3);
  });

  it("says why a source cannot show all of it", async () => {
    const { asked, looked } = await scene({ dialect: "v2", ignoreStartDate: true });
    expect(await lookThrough({ ...asked, day: today - 40 }, looked)).toMatch(/days? back|reaches back/);
  });

  it("ends when it is told to", async () => {
    const { asked, looked } = await scene({ dialect: "v5" });
    const stop = AbortSignal.abort(new Error("interrupted"));
    await expect(lookThrough({ ...asked, stop }, looked)).rejects.toThrow("interrupted");
  });
});
