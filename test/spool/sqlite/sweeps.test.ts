import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askForRebuild, stateFiles } from "../../../src/spool/state-directory.ts";
import { acme, counted, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const origin = { instance: acme, baseUrl: "https://acme.example" };
const open = (instance = acme) =>
  state.open({ sources: ["prod"], origins: new Map([["prod", { ...origin, instance }]]) });
const progress = { source: "prod", date: today, next: today - 3, place: "2", seen: 4, failures: 1 };

describe("sweeps in the state", () => {
  it("go on where they were, and take a gap away that was shown", () => {
    const store = open();
    store.finishStep({ progress, gap: { day: today - 3, reason: "cut" } }, counted(), 1);
    expect(open().sweep("prod")).toEqual(progress);
    open().finishStep({ progress: { ...progress, next: today }, shown: today - 3 }, counted(), 1);
    expect(open().sources()[0]?.gaps).toEqual([]);
  });

  it("survive a rebuild", () => {
    open().finishStep({ progress }, counted(), 1);
    askForRebuild(stateFiles(state.path));
    const rebuilt = open();
    expect(rebuilt.damage()).toHaveLength(1);
    expect(rebuilt.sweep("prod")).toEqual(progress);
  });

  it("are forgotten with the log that they were of", () => {
    const store = open();
    store.finishStep({ progress }, counted(), 1);
    store.finishWindow("prod", { ...finished, next: "1" as never }, counted(), 1);
    const other = open("other.example");
    expect(other.startOver("prod")).toBe(true);
    expect(open("other.example").sweep("prod")).toBeUndefined();
  });
});

const finished = { caughtUp: true, covered: { from: 0, to: 0 }, gaps: [], notices: [], watermark: 1 };
