import { expect, it } from "vitest";
import { Spread } from "../../../src/source/wandb-log/spread.ts";
import { Times } from "../../../src/source/wandb-log/times.ts";

const midnight = Date.parse("2026-08-20T00:00:00Z") / 1000;
const day = midnight / 86_400;

it("counts entries by day and ten minutes, one by one or many at once", () => {
  const counted = (see: (times: Times) => void) => {
    const spread = new Spread({ from: midnight * 1000, to: (midnight + 86_400) * 1000 });
    const times = new Times(spread);
    see(times);
    times.flush();
    return {
      perDay: [...times.perDay],
      newest: times.newest,
      spread: spread.counts(),
      outside: spread.outside,
    };
  };
  const singly = counted((times) => {
    for (const seconds of [0, 5, 9, 700, -1, -1]) times.see(midnight + seconds);
  });
  expect(singly).toMatchObject({
    perDay: [
      [day, 4],
      [day - 1, 2],
    ],
    newest: (midnight + 700) * 1000,
    outside: 2,
  });
  const atOnce = counted((times) => {
    times.see(midnight, 3, midnight + 9);
    times.see(midnight + 600, 1, midnight + 700);
    times.see(midnight - 600, 2, midnight - 1);
  });
  expect(atOnce).toEqual(singly);
});
