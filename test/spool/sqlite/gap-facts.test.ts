import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import { all, counted, dayMs, done, ofOurs } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const refused = (...days: number[]) => days.map((day) => ({ day, reason: "refused" }));
const told = (spool: Store) =>
  ofOurs(spool.read(0, all)).map(({ action, days, why, reason }) => ({
    what: action.replace(/^.*:/, ""),
    days,
    why: why ?? reason,
  }));

it("a gap is told once, its end once, each by why", () => {
  const spool = state.open();
  const finish = (fields: Parameters<typeof done>[1]) =>
    spool.finishWindow("prod", done("on", fields), counted(), state.clock.now());
  finish({ gaps: [...refused(7, 8, 10), { day: 9, reason: "came back empty" }] });
  finish({ gaps: refused(7, 8) });
  expect(told(spool)).toEqual([
    { what: "gap_found", days: ["1970-01-08/1970-01-09", "1970-01-11"], why: "refused" },
    { what: "gap_found", days: ["1970-01-10"], why: "came back empty" },
  ]);
  finish({ covered: { from: 8 * dayMs, to: 10 * dayMs } });
  finish({ since: 8 * dayMs });
  expect(told(spool).slice(2)).toEqual([
    { what: "gap_filled", days: ["1970-01-09/1970-01-10"], why: undefined },
    { what: "gap_dropped", days: ["1970-01-08"], why: "not_wanted" },
  ]);
});

it("gaps of a source that is started over are dropped, and told", () => {
  const open = (instance: string) =>
    state.open({
      sources: ["prod"],
      origins: new Map([["prod", { instance, baseUrl: "https://x.example" }]]),
    });
  const before = open("a.example");
  before.finishWindow("prod", done("on", { gaps: refused(7) }), counted(), 1);
  const spool = open("b.example");
  expect(spool.startOver("prod")).toBe(true);
  expect(told(spool).at(-1)).toEqual({ what: "gap_dropped", days: ["1970-01-08"], why: "start_over" });
});

it("a gap's reason, which may quote a server, is told without secrets", () => {
  const spool = state.open({ scrub: (text) => text.replaceAll("the-key", "***") });
  const gaps = [{ day: 7, reason: "the server answered: the-key is not allowed" }];
  spool.finishWindow("prod", done("on", { gaps }), counted(), 1);
  expect(told(spool)).toMatchObject([{ why: "the server answered: *** is not allowed" }]);
  expect(Buffer.from(spool.read(0, all)[0]?.bytes ?? []).includes("the-key")).toBe(false);
});
