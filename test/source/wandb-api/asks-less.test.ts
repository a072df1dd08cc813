import { expect, test } from "vitest";
import type { HoursFault } from "../../../src/simulate/wandb-hours.ts";
import { begin, line, noon, today } from "./reading.ts";

const day = 86_400_000;
const minute = 60_000;

/** Bytes that a server sends over a night of polls, one every five minutes, with an entry every twenty. */
async function bytesOfANight(hours: HoursFault | undefined) {
  const entry = (ms: number) => line(Math.floor(ms / day), (ms % day) / 1000);
  const lines: string[] = [];
  for (let ms = (today - 2) * day; ms < noon; ms += 20 * minute) lines.push(entry(ms));
  const { keeper, clock, server } = await begin({ dialect: "v5", hours }, lines, { start: "2026-08-18" });
  const poll = async (polls: number) => {
    for (let done = 0; done < polls; done++) {
      clock.at += 5 * minute;
      if (clock.at % (20 * minute) === 0) server.log.append(entry(clock.at - minute));
      await keeper.poll();
    }
  };
  await poll(18);
  const before = server.sent();
  const requests = server.taken().length;
  await poll(168);
  expect(keeper.lines).toEqual(server.log.all().sort());
  return { bytes: server.sent() - before, requests: server.taken().length - requests };
}

test("a server that understands hours sends a sixth of the bytes or less, in no more requests", async () => {
  const before = await bytesOfANight("hours_refused");
  const after = await bytesOfANight(undefined);
  expect(after.bytes * 6).toBeLessThan(before.bytes);
  expect(after.requests).toBeLessThan(before.requests);
  // A day and what there is of the next one, at each poll.
  expect(before.bytes).toBeGreaterThan(168 * 1.3 * 72 * line(today, 0).length);
});
