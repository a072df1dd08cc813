import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutsOf, cutTag, omittedKey } from "../../src/event/cut.ts";
import { texts } from "../format/arbitrary-event.ts";
import { eventOf } from "../format/vectors.ts";

const uid = "c0512a32672044b2969474de45b8a721";
const record = {
  timestamp: "2026-08-01T13:12:14Z",
  action: "project:read",
  response_code: 200,
  actor_email: "a@b.example",
  project_name: "a longer name than the address",
  note: "short",
  list: [1, 2, 3, "longer than the note"],
};

function keysAfter(step: number, entry: object = record): string[] {
  return Object.keys(JSON.parse(cutsOf(eventOf(JSON.stringify(entry), uid)).after(step).raw));
}

describe("an event with less in it", () => {
  it("loses what W&B does not document, the largest first, then what it does", () => {
    const stays = ["timestamp", "action", "response_code"];
    expect(cutsOf(eventOf(JSON.stringify(record), uid)).steps).toBe(5);
    expect(keysAfter(1)).toEqual([...stays, "actor_email", "project_name", "note", omittedKey]);
    expect(keysAfter(2)).toEqual([...stays, "actor_email", "project_name", omittedKey]);
    expect(keysAfter(3)).toEqual([...stays, "actor_email", omittedKey]);
    expect(keysAfter(4)).toEqual([...stays, omittedKey]);
    expect(keysAfter(5)).toEqual([...stays, omittedKey]);
  });

  it("counts what it lost, keeps uid, time and the tags it had, and has one more", () => {
    const event = eventOf(JSON.stringify(record), uid);
    const cut = cutsOf(Object.assign(event, { replayId: "20260801120000" })).after(3);
    expect(JSON.parse(cut.raw)[omittedKey]).toBe(3);
    expect(cut).toMatchObject({ uid, time: event.time, code: 200, replayId: "20260801120000" });
    expect(cut.tags).toEqual([...event.tags, cutTag]);
  });

  it("loses a time or a code that is none", () => {
    const entry = { ...record, timestamp: "x".repeat(50), response_code: "y".repeat(60) };
    expect(keysAfter(4, entry)).not.toContain("response_code");
    expect(keysAfter(4, entry)).not.toContain("timestamp");
  });

  it("ends with a short action, cut between two characters", () => {
    const entry = { action: "😀".repeat(100) };
    const cuts = cutsOf(eventOf(JSON.stringify(entry), uid));
    expect(cuts.after(cuts.steps).action).toBe("😀".repeat(6));
  });

  it("has the beginning of what cannot be read, and says how much is missing", () => {
    const cuts = cutsOf(eventOf("no JSON 😀😀", uid));
    expect(cuts.after(cuts.steps).raw).toBe(` (${omittedKey}: 12 characters)`);
    expect(cuts.after(6).raw).toBe(`no JSON 😀 (${omittedKey}: 2 characters)`);
    expect(cuts.after(1)).toMatchObject({ fault: "not_json", tags: [cutTag] });
  });

  it("never breaks, whatever is in it, and is shorter with every step", () => {
    const entries = fc.dictionary(texts, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 8 });
    fc.assert(
      fc.property(entries, (entry) => {
        const cuts = cutsOf(eventOf(JSON.stringify({ ...entry, action: "user:login" }), uid));
        const sizes = Array.from({ length: cuts.steps }, (_, at) =>
          Buffer.byteLength(cuts.after(at + 1).raw),
        );
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      }),
    );
  });
});
