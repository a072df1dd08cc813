import fc from "fast-check";
import { expect, it } from "vitest";
import { WantedAgain } from "../../src/ingest/wanted-again.ts";
import { decodeChunk } from "../../src/spool/chunk/chunk-codec.ts";
import type { ReplayFilter } from "../../src/spool/replay.ts";
import type { ShownRecords, TakenPiece } from "../../src/spool/replays.ts";
import { inMemory } from "../../src/spool/sqlite/database.ts";
import { scratchRoom } from "../../src/spool/sqlite/scratch.ts";
import { systemClock } from "../../src/time/clock.ts";
import { dayMs, idOfText, knownRecord, record, today, uidOfText } from "../fake/records.ts";
import { settling } from "../fake/settling.ts";

const whole: ReplayFilter = { from: today * dayMs, to: (today + 1) * dayMs };

function wanted(filter: ReplayFilter = whole) {
  const readFor = { id: "7", output: "siem", filter, bytes: 0, mostBytes: 1 };
  const room = scratchRoom(inMemory, () => {});
  return new WantedAgain({ readFor, day: today, scratch: (blockBytes) => room.make(blockBytes) });
}

const uidsOf = ({ records }: ShownRecords) =>
  records.chunks.flatMap(({ count, bytes }) => {
    const chunk = { firstSeq: 1, count, source: "", observed: { seconds: 0, nanos: 0 } };
    const { record } = decodeChunk({ ...chunk, bytes: new Uint8Array(bytes) });
    return Array.from({ length: count }, (_, at) => record(at + 1).uid);
  });
const uids = (again: WantedAgain) => uidsOf(again.take() ?? expect.unreachable());

it("takes each record once, however often it is shown, and gives it out once", () => {
  const again = wanted();
  for (const name of ["a", "b", "a"]) again.see(record(name), idOfText(name), 1);
  expect([again.count, again.bytes]).toEqual([2, 24]);
  const taken = again.take() ?? expect.unreachable();
  expect(taken).toMatchObject({ id: "7", day: today });
  expect([taken.records.count, again.take()]).toEqual([2, undefined]);
  again.see(record("b"), idOfText("b"), 1);
  expect(again.count).toBe(0);
  expect([again.isTaken(idOfText("b"), 1), again.isTaken(idOfText("b"), 2)]).toEqual([true, false]);
  again.close();
});

it("takes no record that it is shown again for one that came late", () => {
  const again = wanted();
  again.see({ ...record("a"), late: true }, idOfText("a"), 1);
  const { records } = again.take() ?? expect.unreachable();
  const [{ bytes, count } = expect.unreachable()] = records.chunks;
  const chunk = { firstSeq: 1, count, source: "", observed: { seconds: 0, nanos: 0 } };
  expect(decodeChunk({ ...chunk, bytes: new Uint8Array(bytes) }).record(1).late).toBe(false);
});

it("takes what the replay is about: by its time, and by its uid where some are named", () => {
  const again = wanted({ ...whole, to: whole.from + 1000, uids: [uidOfText("a"), uidOfText("late")] });
  again.see(record("a"), idOfText("a"), 1);
  again.see(record("b"), idOfText("b"), 1);
  again.see(record("late", { time: { seconds: today * 86_400 + 1, nanos: 0 } }), idOfText("late"), 1);
  const { time: _, ...undated } = record("undated");
  again.see(undated, idOfText("undated"), 1);
  expect(uids(again)).toEqual([uidOfText("a")]);
});

it("leaves out what comes from the run, whichever of its twins that is, and what was handed over", async () => {
  const again = wanted();
  const known = Buffer.concat([knownRecord(idOfText("a")), knownRecord(idOfText("twins"), 0, 2)]);
  const keys = Buffer.from(uidOfText("b"), "hex");
  const pieces = [
    { form: "known" as const, bytes: known },
    { form: "keys" as const, bytes: keys },
  ];
  await again.load(pieces, systemClock);
  for (const name of ["a", "b", "c"]) again.see(record(name), idOfText(name), 1);
  for (const ordinal of [1, 2, 3]) again.see(record(`twins ${ordinal}`), idOfText("twins"), ordinal);
  expect(uids(again)).toEqual(["c", "twins 1", "twins 3"].map(uidOfText));
});

it("gives each of what is shown out once over any kills, with no more than what it wrote down", async () => {
  const reads = fc.array(fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 3 }))), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(reads, async (each) => {
      const written: Buffer[] = [];
      const seen = new Set<string>();
      const given: string[] = [];
      for (const read of each) {
        const again = wanted();
        await again.load(
          written.map((bytes) => ({ form: "keys" as const, bytes })),
          systemClock,
        );
        for (const [name, ordinal] of read) {
          const uid = ordinal === 1 ? `${name}` : `${name} ${ordinal}`;
          again.see(record(uid), idOfText(`${name}`), ordinal);
          seen.add(uidOfText(uid));
        }
        const taken = again.take();
        if (taken === undefined) continue;
        written.push(taken.keys);
        given.push(...uidsOf(taken));
      }
      expect(given.sort()).toEqual([...seen].sort());
    }),
  );
});

it("goes on with what was handed over only after the settlements that others asked for meanwhile", async () => {
  const calls: string[] = [];
  const output = settling(calls);
  function* pieces(): Generator<TakenPiece> {
    for (const name of ["a", "b"]) {
      calls.push(name);
      output.ask();
      yield { form: "known", bytes: knownRecord(idOfText(name)) };
    }
  }
  let now = 0;
  const again = wanted();
  await again.load(pieces(), { ...systemClock, monotonic: () => (now += 10) });
  output.close();
  again.close();
  expect(calls).toEqual(["a", "settled", "b", "settled"]);
});
