import { expect, it } from "vitest";
import { recordColumns } from "../../../src/spool/sqlite/record-columns.ts";
import { sideIndex } from "../../../src/spool/sqlite/side-index.ts";
import { spooled } from "../../deliver/spooled.ts";

it("knows of hundreds of thousands that a person wants sent again", () => {
  const index = sideIndex();
  const [record] = spooled(1);
  if (record === undefined) throw new Error();
  const columns = recordColumns({ record, reason: "bad_event", detail: "no", at: 7 });
  for (let id = 1; id <= 200_000; id++) {
    const row = { ...columns, output: "siem", id, cause: "retry" as const };
    index.add({ ...row, observedSeconds: id === 150_000 ? 3 : 9 });
  }
  expect(index.lastId("siem")).toBe(200_000);
  expect(index.oldestObserved("siem")).toBe(3000);
  expect([index.count("siem"), index.count("siem", "retry"), index.full("siem")]).toEqual([
    200_000,
    200_000,
    false,
  ]);
  expect(index.seqs("siem")).toHaveLength(200_000);
  expect(index.idsWithin("siem", "retry", 150_000, { events: 2, bytes: 1e6 })).toEqual([150_001, 150_002]);
});

it("counts what was taken out no more", () => {
  const index = sideIndex();
  const [record] = spooled(1, 100);
  if (record === undefined) throw new Error();
  const columns = recordColumns({ record, reason: "bad_event", detail: "no", at: 7 });
  for (const cause of ["suspect", "retry"] as const)
    index.add({ ...columns, output: "siem", id: index.nextId("siem"), cause });
  const both = index.bytes();
  index.remove("siem", 1);
  expect([index.count("siem", "suspect"), index.bytes() * 2]).toEqual([0, both]);
  index.remove("siem", 2);
  expect([index.count("siem"), index.bytes(), index.lastId("siem"), index.nextId("siem")]).toEqual([
    0, 0, 0, 3,
  ]);
});
