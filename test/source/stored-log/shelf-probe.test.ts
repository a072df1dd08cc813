import { expect, it } from "vitest";
import { probeShelf } from "../../../src/source/stored-log/shelf-probe.ts";
import { MemoryShelf } from "../../fake/memory-shelf.ts";
import { line, noon, testClock, today } from "../wandb-api/reading.ts";

const probe = (shelf: MemoryShelf, deadline = new AbortController().signal) => {
  const limits = { clock: testClock(), maxLine: 1000, scrub: (said: string) => said };
  return probeShelf({ ...limits, shelf, deadline, whenEmpty: "put something there" });
};

it("tells how much is there, and what the newest holds", async () => {
  const shelf = new MemoryShelf();
  shelf.put("old", "", noon - 1);
  shelf.put("one", "not looked at", noon - 7_200_000);
  shelf.put("two", `${line(today, 36_000)}\n`, noon - 3_600_000);
  expect(await probe(shelf)).toEqual([
    { level: "ok", text: "2 objects, 148 B; the newest is two, changed 60 min ago, and the oldest one" },
    { level: "ok", text: "two holds 1 entry, the newest 2 h old" },
  ]);
});

it("warns of nothing, and names what cannot be read", async () => {
  const shelf = new MemoryShelf();
  expect(await probe(shelf)).toEqual([
    { level: "warning", text: "no object is there", fix: "put something there" },
  ]);
  shelf.put("day", "x", noon);
  shelf.denied.add("day");
  expect((await probe(shelf)).at(-1)).toEqual({
    ...{ level: "problem", text: "forbidden: day: denied", fix: "allow it" },
  });
  shelf.denied.clear();
  expect((await probe(shelf)).at(-1)).toMatchObject({ level: "problem", text: /not_audit_logs/ });
  expect((await probe(shelf, AbortSignal.abort())).at(-1)?.level).toBe("problem");
});
