import { afterEach, beforeEach, expect, it } from "vitest";
import { database } from "../../../../src/spool/sqlite/database.ts";
import { askForRebuild, stateFiles } from "../../../../src/spool/state-directory.ts";
import type { OpenStore } from "../../../../src/spool/store.ts";
import { keepLines, prod } from "../../../fake/kept-lines.ts";
import { dayMs, today } from "../../../fake/records.ts";
import { SpoolDirectory } from "../../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const rule = { scope: "names", nameless: new Set<string>(), keep: 800 * dayMs } as const;
const origins = new Map([["prod", prod]]);
const open = () => state.open({ activity: rule, sources: ["prod"], origins });
const line = (time: string, user: unknown) =>
  JSON.stringify({ timestamp: time, action: "run:update", actor_user_id: user });
const keepAll = (store: OpenStore, ...lines: string[]) =>
  keepLines(store, state.clock, lines, { origin: prod });

/** A rebuilt state, one day of whose activity was changed on disk. */
function rebuilt(): OpenStore {
  keepAll(open(), line("2026-07-30T10:00:00Z", 7), line("2026-07-31T10:00:00Z", 8));
  state.close();
  const db = database(state.file("spool.db"), { maxBytes: 1e9 });
  db.exec(`UPDATE active_day SET users = x'0000000037' WHERE day = ${today - 1}`);
  db.close();
  askForRebuild(stateFiles(state.path));
  return open();
}

it("a day that a rebuilt state has lost lacks some, also when others are seen of it later", () => {
  const store = rebuilt();
  const { activity } = store;
  expect(store.damage()).toMatchObject([{ reason: expect.stringContaining("active_day") }]);
  expect(activity.days(prod.instance)).toEqual([today - 2, today - 1]);
  expect(activity.users(prod.instance, today - 1)).toEqual({ users: [], more: true });
  keepAll(store, line("2026-07-31T13:00:00Z", 5));
  expect(activity.users(prod.instance, today - 1)).toMatchObject({ users: [{ user: "5" }], more: true });
  expect(activity.users(prod.instance, today - 2)).toMatchObject({ users: [{ user: "7" }], more: false });
});

it("what was not counted at all is not asked about where nothing of it was damaged", () => {
  keepAll(open(), line("2026-07-31T10:00:00Z", undefined), line("2026-07-30T10:00:00Z", 7));
  state.close();
  askForRebuild(stateFiles(state.path));
  expect(open().activity.days(prod.instance)).toEqual([today - 2]);
});
