import { describe, expect, it } from "vitest";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { kernelBytes, kernelNumbers } from "../../src/kernel/kernel.ts";
import { type SharedText, sharedText } from "../../src/layout/shared-texts.ts";
import { partOf } from "../../src/text/part-of.ts";
import { plainRecord } from "../fake/plain-record.ts";

const origin = { source: "prod", instance: "wandb.example", baseUrl: "", anonymize: false };

function eventOf(second: number): RegularEvent {
  const event = new RegularEvent();
  const line = `{"timestamp":"2026-08-01T13:12:1${second}Z","action":"user:login"}`;
  expect(event.read(plainRecord(line, second), origin)).toBe(true);
  return event;
}

function textOf({ at }: SharedText): string {
  return kernelBytes.toString("utf8", at + 4, at + 4 + (kernelNumbers[at / 4] as number));
}

describe("shared texts", () => {
  it("are those of the event's time, made once for all events that have the same", () => {
    let made = 0;
    const seconds = partOf<RegularEvent>("time", (into, { time }) => {
      made += 1;
      into.digits(time.seconds % 10);
      return true;
    });
    const seen = partOf<RegularEvent>("observed", (into, event) => {
      into.text(`seen ${event.observed.seconds}`);
      return true;
    });
    const [time, observed] = [sharedText(seconds) as SharedText, sharedText(seen) as SharedText];
    expect([sharedText(seconds), sharedText(seen)]).toEqual([time, observed]);
    for (const second of [4, 4, 5, 4]) {
      const event = eventOf(second);
      for (const text of [time, observed, time, observed]) expect(text.become(event)).toBe(true);
      expect([textOf(time), textOf(observed)]).toEqual([String(second), `seen ${second}`]);
    }
    expect(made).toBe(3);
  });

  it("are none of a part that depends on more, or on the uid", () => {
    const write = () => true;
    expect(sharedText(write)).toBeUndefined();
    expect(sharedText(partOf("uid", () => true))).toBeUndefined();
  });

  it("cannot be had of an event of which one would be too long", () => {
    const long = partOf<RegularEvent>("time", (into, { time }) => {
      into.text("x".repeat(time.seconds % 10 === 7 ? 61 : 60));
      return true;
    });
    const text = sharedText(long) as SharedText;
    expect(text.become(eventOf(6))).toBe(true);
    expect(textOf(text)).toBe("x".repeat(60));
    expect(text.become(eventOf(7))).toBe(false);
    expect(text.become(eventOf(6))).toBe(true);
  });

  it("have room for so many parts, and no more", () => {
    const places = Array.from({ length: 80 }, () => sharedText(partOf("time", () => true))?.at);
    const found = places.filter((place) => place !== undefined);
    expect(new Set(found).size).toBe(found.length);
    expect(found.length).toBeLessThan(62);
    expect(places.at(-1)).toBeUndefined();
  });
});
