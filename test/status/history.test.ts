import { describe, expect, it } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { history } from "../../src/status/history.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

const minute = 60_000;
const polled = (count: number): Report =>
  ({
    type: "poll_done",
    source: "prod",
    fetched: count,
    new: count,
    late: 0,
    unparseable: 0,
    seconds: 1,
    caughtUp: true,
  }) as Report;
const delivered = (events: number): Report =>
  ({ type: "delivered", output: "soc", events, bytes: 1_000, seconds: 1, ages: [] }) as Report;

function begin() {
  const { runtime, clock } = fakeRuntimeView();
  return { clock, past: history(runtime) };
}

describe("history", () => {
  it("counts per minute, the last is the one that runs", () => {
    const { clock, past } = begin();
    past.note(polled(3));
    past.note(polled(4));
    clock.advance(minute);
    past.note(polled(5));
    past.note(delivered(6));
    const { sources, outputs, stepSeconds, from } = past.recent();
    expect(sources.prod?.new.slice(-3)).toEqual([0, 7, 5]);
    expect(outputs.soc?.delivered.slice(-2)).toEqual([0, 6]);
    expect(sources.prod?.new).toHaveLength(180);
    expect(stepSeconds).toBe(60);
    expect(from).toBe((Math.floor(clock.now() / minute) - 179) * minute);
  });

  it("forgets after three hours, and keeps its size", () => {
    const { clock, past } = begin();
    past.note(polled(3));
    clock.advance(179 * minute);
    expect(past.recent().sources.prod?.new[0]).toBe(3);
    clock.advance(minute);
    expect(Math.max(...(past.recent().sources.prod?.new ?? []))).toBe(0);
    clock.advance(1000 * minute);
    expect(past.recent().sources.prod?.new).toHaveLength(180);
  });

  it("is neither erased nor doubled by somebody who sets the clock", () => {
    const { clock, past } = begin();
    past.note(polled(3));
    clock.jump(-24 * 60 * minute);
    past.note(polled(4));
    expect(past.recent().sources.prod?.new.at(-1)).toBe(7);
  });

  it("remembers when a read ended cleanly, on the clock that nobody sets", () => {
    const { clock, past } = begin();
    expect(past.lastRead("prod")).toBeUndefined();
    clock.advance(5000);
    past.note(polled(0));
    clock.jump(1e9);
    expect(past.lastRead("prod")).toBe(clock.monotonic());
  });

  it("keeps the newest of what a source had to tell, once each", () => {
    const { past } = begin();
    for (let number = 0; number < 10; number++)
      for (const _ of [1, 2]) past.note({ type: "source_notice", source: "prod", text: `${number}` });
    expect(past.notices("prod")).toEqual(["2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(past.notices("nobody")).toEqual([]);
  });

  it("passes over who is not configured", () => {
    const { past } = begin();
    past.note({ ...polled(3), source: "gone" } as Report);
    expect(Object.keys(past.recent().sources)).toEqual(["prod", "archive"]);
  });
});
