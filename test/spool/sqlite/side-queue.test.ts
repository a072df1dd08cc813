import { expect, it } from "vitest";
import { database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { migrate } from "../../../src/spool/sqlite/migrate.ts";
import { sideQueue } from "../../../src/spool/sqlite/side-queue.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";
import { spooled } from "../../deliver/spooled.ts";

function begin() {
  const db = database(inMemory, { maxBytes: 1e9 });
  migrate(db);
  return { db, queue: sideQueue(db, tablesOf(db)) };
}
const letters = (count: number, bytes = 10) =>
  spooled(count, bytes).map((record) => ({ record, reason: "bad_event", detail: "no", at: 7 }));
const seqs = (entries: readonly { readonly id: number; readonly record: { readonly seq: number } }[]) =>
  entries.map(({ id, record }) => [id, record.seq]);
const many = { events: 100, bytes: 1e9 };

it("keeps each cause apart, oldest first, with the record as it was", () => {
  const { db, queue } = begin();
  const [first, second, third] = letters(3);
  if (first === undefined || second === undefined || third === undefined) throw new Error();
  const odd = { ...second, record: { ...second.record, fault: "not_json", late: true } };
  queue.put("siem", "suspect", [first]);
  queue.put("siem", "retry", [odd]);
  queue.put("siem", "suspect", [third]);
  queue.put("lake", "suspect", [second]);
  expect(seqs(queue.list("siem", "suspect", 0, many))).toEqual([
    [1, 1],
    [3, 3],
  ]);
  expect(seqs(queue.list("siem", "suspect", 1, many))).toEqual([[3, 3]]);
  const [entry] = queue.list("siem", "retry", 0, many);
  expect(entry).toEqual({
    ...odd,
    id: 2,
    cause: "retry",
    record: { ...odd.record, bytes: Buffer.from("x".repeat(10)) },
  });
  const again = sideQueue(db, tablesOf(db));
  again.load();
  expect(again.list("siem", "retry", 0, many)).toEqual([entry]);
  expect([
    again.count("siem"),
    again.count("siem", "suspect"),
    again.lastId("siem"),
    again.lastId("none"),
  ]).toEqual([3, 2, 3, 0]);
  expect([...again.pending("siem").values()]).toEqual([{ source: "prod", day: 20_666, count: 3 }]);
});

it("gives as much as fits, but always one", () => {
  const { queue } = begin();
  queue.put("siem", "retry", letters(5, 100));
  expect(queue.list("siem", "retry", 0, { events: 2, bytes: 1e6 })).toHaveLength(2);
  expect(queue.list("siem", "retry", 0, { events: 9, bytes: 250 })).toHaveLength(2);
  expect(queue.list("siem", "retry", 0, { events: 9, bytes: 1 })).toHaveLength(1);
});

it("never gives an id twice, and takes out only what is there", () => {
  const { queue } = begin();
  queue.put("siem", "suspect", letters(2));
  queue.remove("siem", [2]);
  queue.put("siem", "suspect", letters(1));
  expect(queue.list("siem", "suspect", 0, many).map(({ id }) => id)).toEqual([1, 3]);
  expect(() => queue.remove("siem", [2])).toThrow("id 2");
  expect(() => queue.remove("lake", [1])).toThrow("lake");
});

it("is full of suspects by number and by bytes; what a person wants sent again has its own room", () => {
  const { queue } = begin();
  queue.put("siem", "retry", letters(1000));
  expect(queue.full("siem")).toBe(false);
  queue.put("siem", "suspect", letters(1000));
  expect(queue.full("siem")).toBe(true);
  queue.put("lake", "suspect", letters(3, 24 * 1024 * 1024));
  expect(queue.full("lake")).toBe(true);
});

it("a row that is not what was written is damage", () => {
  const { db, queue } = begin();
  queue.put("siem", "suspect", letters(1));
  db.run("UPDATE side SET uid = 'other'");
  expect(() => queue.list("siem", "suspect", 0, many)).toThrow(
    expect.objectContaining({ failure: "corrupt" }),
  );
  expect(() => queue.load()).toThrow(expect.objectContaining({ failure: "corrupt" }));
});
