import { expect, test } from "vitest";
import type { HoursFault } from "../../../src/simulate/wandb-hours.ts";
import { begin, line, noon, today } from "./reading.ts";

const day = 86_400_000;
const minute = 60_000;

/** Bytes that a server sends in a day of polls, one every five minutes, when it gets an entry every ten. */
async function bytesOfADay(hours: HoursFault | undefined) {
  const entry = (ms: number) => line(Math.floor(ms / day), (ms % day) / 1000);
  const lines: string[] = [];
  for (let ms = (today - 2) * day; ms < noon; ms += 10 * minute) lines.push(entry(ms));
  const { keeper, clock, server } = await begin({ dialect: "v5", hours }, lines, { start: "2026-08-18" });
  const poll = async (polls: number) => {
    for (let done = 0; done < polls; done++) {
      clock.at += 5 * minute;
      if (clock.at % (10 * minute) === 0) server.log.append(entry(clock.at - minute));
      await keeper.poll();
    }
  };
  await poll(20);
  const before = server.sent();
  const requests = server.taken().length;
  await poll(288);
  expect(keeper.lines).toEqual(server.log.all().sort());
  return { bytes: server.sent() - before, requests: server.taken().length - requests };
}

test("a server that understands hours sends a sixth of the bytes or less, in no more requests", async () => {
  const before = await bytesOfADay("hours_refused");
  const after = await bytesOfADay(undefined);
  expect(after.bytes * 6).toBeLessThan(before.bytes);
  expect(after.requests).toBeLessThan(before.requests);
  // Two days at each poll, on the average one and a half of them are there.
  expect(before.bytes).toBeGreaterThan(288 * 1.4 * 144 * line(today, 0).length);
});
