import { expect, it } from "vitest";
import { askForRebuild, stateFiles } from "../../src/spool/state-directory.ts";
import { keepLines, prod } from "../fake/kept-lines.ts";
import { dayMs, today } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

it("is saved when a damaged database is rebuilt", () => {
  const state = new SpoolDirectory();
  const activity = { scope: "names", nameless: new Set<string>(), keep: 800 * dayMs } as const;
  try {
    const line = `{"timestamp":"2026-07-31T10:00:00Z","action":"a:b","actor_user_id":7,"actor_email":"a@b.example"}`;
    keepLines(state.open({ activity }), state.clock, [line]);
    state.close();
    askForRebuild(stateFiles(state.path));
    const store = state.open({ activity });
    expect(store.damage()).toHaveLength(1);
    expect(store.activity.users(prod.instance, today - 1).users).toEqual([{ user: "7", second: 36_000 }]);
    expect(store.activity.persons(prod.instance, "")).toMatchObject([{ name: "a@b.example" }]);
  } finally {
    state.remove();
  }
});
