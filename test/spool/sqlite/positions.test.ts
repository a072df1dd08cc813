import { expect, it } from "vitest";
import { positions } from "../../../src/spool/sqlite/positions.ts";
import type { OutputRow, Tables } from "../../../src/spool/sqlite/tables.ts";

const row = (name: string, change: Partial<OutputRow> = {}) =>
  ({ name, position: 0, delivered: 0, filtered: 0, dead: 0, abandoned: 0, ...change }) as OutputRow;

/** Positions over a table that is a map. */
function begin(...rows: OutputRow[]) {
  const disk = new Map(rows.map((each) => [each.name, each]));
  const output = { put: (each: OutputRow) => disk.set(each.name, each), rows: () => [...disk.values()] };
  return { disk, kept: positions({ output } as unknown as Tables) };
}

it("a position moves on disk and in memory, and adds what was settled to what was before", () => {
  const { disk, kept } = begin(row("siem", { position: 3, delivered: 3 }));
  kept.load();
  const counts = [
    { source: "a", day: 1, delivered: 2, filtered: 1, dead: 0, resent: 0 },
    { source: "b", day: 1, delivered: 1, filtered: 0, dead: 1, resent: 0 },
  ];
  kept.move("siem", 8, counts);
  const moved = row("siem", { position: 8, delivered: 6, filtered: 1, dead: 1 });
  expect([kept.of("siem"), disk.get("siem")]).toEqual([moved, moved]);
});

it("outputs are told by name, and those that are not configured hold nothing back", () => {
  const { kept } = begin(row("siem"), row("lake", { abandoned: 1 }));
  expect(kept.has("siem")).toBe(false);
  kept.load();
  expect(kept.all().map(({ name }) => name)).toEqual(["lake", "siem"]);
  expect(kept.active().map(({ name }) => name)).toEqual(["siem"]);
  expect(() => kept.of("nobody")).toThrow('no output "nobody"');
});
