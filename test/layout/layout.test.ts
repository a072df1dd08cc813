import { expect, it } from "vitest";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { kernelBytes, kernelPlaces } from "../../src/kernel/kernel.ts";
import { Layout } from "../../src/layout/layout.ts";
import type { Strip } from "../../src/layout/steps.ts";
import { Writer } from "../../src/text/writer.ts";
import { plainRecord } from "../fake/plain-record.ts";
import { origin } from "../format/arbitrary-event.ts";

const { writtenAt, writtenMost } = kernelPlaces;
const constant = Buffer.from("-");

it("writes what has room in the kernel and nothing behind it, however much its parts write", () => {
  const line = `{"timestamp":"2026-08-01T13:12:14Z","action":"a","project_name":"${"x".repeat(60_000)}"}`;
  const event = new RegularEvent();
  expect(event.read(plainRecord(line), origin)).toBe(true);
  let [written, refused] = [0, 0];
  for (const wholes of [0, 1, 2, 3])
    for (const share of [0.001, 0.5, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1, 1.2]) {
      const size = Math.floor(share * writtenMost);
      const part = Buffer.alloc(size, "p");
      const write = (into: Writer) => {
        into.constant(part);
        return true;
      };
      const strips: Strip[] = [
        { constant, blank: { type: "part", write } },
        ...Array.from({ length: wholes }, () => ({ constant, blank: { type: "whole" } as const })),
        { constant, blank: { type: "end" } },
      ];
      const layout = new Layout(strips);
      const behind = () => kernelBytes.subarray(writtenAt + writtenMost + 64);
      // The program is laid when it is wanted first.
      layout.write(event, new Writer());
      const before = Buffer.from(behind());
      const into = new Writer();
      if (layout.write(event, into)) {
        written += 1;
        expect(into.toText()).toBe(`-${part}-${`${line}-`.repeat(wholes)}`);
      } else refused += 1;
      expect(behind().equals(before), `${wholes} records and ${size} bytes`).toBe(true);
    }
  expect(written).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(5);
});
