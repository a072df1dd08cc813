import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Incident, Measure } from "../../../src/spool/trends.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const now = 1_800_000_000_000;
const second = now / 1000;
const bounds = { now, kept: new Map([[60, 600]]), most: 3 };
const measure = (at: number, more: Partial<Measure> = {}): Measure => ({
  ...{ hop: "output siem", step: 60, at, events: 1, bytes: 10, lag: 3, latest: null },
  ...more,
});
const incident = (id: number, more: Partial<Incident> = {}): Incident => ({
  ...{
    id,
    hop: "output siem",
    reasons: ["tls", "connect"],
    held: true,
    failures: 4,
    began: now,
    ended: null,
  },
  ...more,
});

it("keeps measures and incidents across a restart, and replaces what is told again", () => {
  const { trends } = state.open();
  trends.keep([measure(second), measure(second - 60, { lag: null, latest: now })], [incident(1)], bounds);
  trends.keep([measure(second, { events: 7 })], [incident(1, { ended: now + 5, held: false })], bounds);
  const again = state.open().trends;
  expect(again.measures()).toEqual([
    measure(second - 60, { lag: null, latest: now }),
    measure(second, { events: 7 }),
  ]);
  expect(again.incidents()).toEqual([incident(1, { ended: now + 5, held: false })]);
});

it("forgets what is old, what a clock set far ahead has left, and all but the newest incidents", () => {
  const { trends } = state.open();
  trends.keep([measure(second - 601), measure(second - 600), measure(second + 601)], [], {
    ...bounds,
    kept: new Map(),
  });
  expect(trends.measures()).toHaveLength(3);
  trends.keep(
    [],
    [1, 2, 3, 4, 5].map((id) => incident(id)),
    bounds,
  );
  expect(trends.measures()).toEqual([measure(second - 600)]);
  expect(trends.incidents().map(({ id }) => id)).toEqual([3, 4, 5]);
});

it("leaves out what was changed on disk, and goes on", () => {
  state.open().trends.keep([measure(second), measure(second - 60)], [incident(1), incident(2)], bounds);
  state.close();
  const db = new DatabaseSync(state.file("spool.db"));
  db.exec(
    `UPDATE measure SET events = 99 WHERE at = ${second}; UPDATE incident SET reasons = 'no' WHERE id = 1`,
  );
  db.close();
  const { trends, damage } = state.open();
  expect(trends.measures()).toEqual([measure(second - 60)]);
  expect(trends.incidents()).toEqual([incident(2)]);
  expect(damage()).toEqual([]);
});

it("is saved into a new database where one is made", () => {
  state.open().trends.keep([measure(second)], [incident(1)], bounds);
  state.close();
  writeFileSync(state.file("REBUILD"), "");
  const { trends, damage } = state.open();
  expect([trends.measures(), trends.incidents()]).toEqual([[measure(second)], [incident(1)]]);
  expect(damage()).toHaveLength(1);
});
