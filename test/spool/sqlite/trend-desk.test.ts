import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { askForRebuild, stateFiles } from "../../../src/spool/state-directory.ts";
import type { Incident, KeptTrend } from "../../../src/spool/trends.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const now = 1_800_000_000_000;
const bounds = { now, keepMs: 600_000, most: 3 };
const trend = (hop: string, more: Partial<KeptTrend> = {}): KeptTrend => ({
  ...{ hop, step: 60, first: 1_800_000_000, spans: Uint8Array.of(1, 2, 3), latest: null },
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

it("keeps trends and incidents across a restart, and replaces what is told again", () => {
  const { trends } = state.open();
  trends.keep([trend("output a"), trend("output b", { step: 900, latest: now })], [incident(1)], bounds);
  trends.keep([trend("output a", { first: 7 })], [incident(1, { ended: now + 5, held: false })], bounds);
  const again = state.open().trends;
  expect(again.trends()).toEqual([
    trend("output a", { first: 7 }),
    trend("output b", { step: 900, latest: now }),
  ]);
  expect(again.incidents()).toEqual([incident(1, { ended: now + 5, held: false })]);
});

it("forgets hops that are gone, what a clock set far ahead has left, and all but the newest incidents", () => {
  const { trends } = state.open();
  for (const ms of [-600_001, -600_000, 600_001])
    trends.keep([trend(`output ${ms}`)], [], { ...bounds, now: now + ms, keepMs: 1e15 });
  expect(trends.trends()).toHaveLength(3);
  const five = [1, 2, 3, 4, 5].map((id) => incident(id));
  trends.keep([], five, bounds);
  expect(trends.trends()).toEqual([trend("output -600000")]);
  expect(trends.incidents().map(({ id }) => id)).toEqual([3, 4, 5]);
});

it("keeps an incident that goes on before newer ones that are over", () => {
  const { trends } = state.open();
  trends.keep([], [incident(1), ...[2, 3, 4, 5].map((id) => incident(id, { ended: now }))], bounds);
  expect(trends.incidents().map(({ id }) => id)).toEqual([1, 4, 5]);
});

it("leaves out what was changed on disk, and goes on", () => {
  state.open().trends.keep([trend("output a"), trend("output b")], [incident(1), incident(2)], bounds);
  state.close();
  const db = new DatabaseSync(state.file("spool.db"));
  db.exec(
    `UPDATE trend SET spans = x'ff' WHERE hop = 'output a'; UPDATE incident SET reasons = 'no' WHERE id = 1`,
  );
  db.close();
  const { trends, damage } = state.open();
  expect(trends.trends()).toEqual([trend("output b")]);
  expect(trends.incidents()).toEqual([incident(2)]);
  expect(damage()).toEqual([]);
});

it("is saved into a new database where one is made", () => {
  state.open().trends.keep([trend("output a")], [incident(1)], bounds);
  state.close();
  askForRebuild(stateFiles(state.path));
  const { trends, damage } = state.open();
  expect([trends.trends(), trends.incidents()]).toEqual([[trend("output a")], [incident(1)]]);
  expect(damage()).toHaveLength(1);
});
