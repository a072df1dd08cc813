import { expect, it } from "vitest";
import { reachFinding } from "../../../src/source/wandb-api/reach.ts";

const today = Date.parse("2026-08-20") / 86_400_000;
const text = async (oldest: number, answers = Number.POSITIVE_INFINITY) =>
  (await reachFinding(today, async (day) => (today - day > answers ? undefined : today - day <= oldest)))
    .text;

it("tells the farthest day with entries, and the first without", async () => {
  expect(await text(0)).toBe("how far back: there are none of 2026-08-13");
  expect(await text(100)).toBe(
    "how far back: there are entries of 2026-05-22, and there are none of 2026-02-21",
  );
  expect(await text(5000)).toBe("how far back: there are entries of 2024-08-20; farther was not tried");
});

it("tells where the server does not answer any more", async () => {
  expect(await text(5000, 6)).toBe("how far back: it does not answer for 2026-08-13");
  expect(await text(5000, 40)).toBe(
    "how far back: there are entries of 2026-07-21, and it does not answer for 2026-05-22",
  );
});
