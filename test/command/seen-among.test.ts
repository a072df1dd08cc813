import { expect, it } from "vitest";
import { findEvents } from "../../src/command/find-event.ts";
import { seenAmong } from "../../src/command/seen-among.ts";
import { soughtOf } from "../../src/command/sought.ts";
import type { AskedLookup, EventLookup } from "../../src/spool/event-lookup.ts";
import { keepLines } from "../fake/kept-lines.ts";
import { all } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

const line = (at: number) =>
  `{"timestamp":"2026-07-31T13:${String(at % 60).padStart(2, "0")}:00Z","action":"a:b","actor_user_id":${at}}`;
const uidOf = (at: number) => at.toString(16).padStart(32, "f");

/** The lookup of a state, which counts what it is asked. */
function counting(events: EventLookup) {
  const asked: string[] = [];
  const lookup = Object.fromEntries(
    Object.entries(events).map(([name, answer]) => [
      name,
      async (question: never) => {
        asked.push(name);
        return answer(question);
      },
    ]),
  ) as unknown as AskedLookup;
  return { asked, lookup };
}

function given(context: { onTestFinished: (end: () => void) => void }) {
  const state = new SpoolDirectory();
  context.onTestFinished(() => state.remove());
  const store = state.open({ sources: ["prod"] });
  keepLines(store, state.clock, [line(1), line(2), "no record", '{"action":"undated"}']);
  const { asked, lookup } = counting(store.events);
  const instances = ["other.example", "wandb.example"];
  const options = { lookup, instances, instanceOf: () => "wandb.example", progress: () => {} };
  return { asked, options, uids: store.read(0, all).map(({ uid }) => uid) };
}

it("knows each that can be found, and looks through everything once however many there are", async (context) => {
  const { asked, options, uids } = given(context);
  const known = [line(1), line(2), "no record", '{"action":"undated"}', ...uids];
  const askedFor = async (unknown: number) => {
    const lines = Array.from({ length: unknown }, (_, at) => line(at + 10));
    asked.length = 0;
    const seen = await seenAmong([...lines, ...known], options);
    expect(lines.some((each) => seen(soughtOf(each)))).toBe(false);
    const questions = asked.length;
    for (const text of known) {
      expect(seen(soughtOf(text)), text).toBe(true);
      expect(await findEvents(soughtOf(text), options)).not.toEqual([]);
    }
    return questions;
  };
  expect(await askedFor(1000)).toBe(await askedFor(20));
});

it("knows no uid that is nowhere", async (context) => {
  const { options } = given(context);
  const unknown = Array.from({ length: 20 }, (_, at) => uidOf(at));
  const seen = await seenAmong(unknown, options);
  expect(unknown.filter((uid) => seen(soughtOf(uid)))).toEqual([]);
});

it("asks nothing for a few: these are looked for one by one", async (context) => {
  const { asked, options } = given(context);
  const seen = await seenAmong([uidOf(1), line(99)], options);
  expect([seen(soughtOf(uidOf(1))), asked]).toEqual([true, []]);
});
