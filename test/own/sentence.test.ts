import { expect, it } from "vitest";
import { sentence } from "../../src/own/sentence.ts";
import { facts } from "./facts.ts";

it("is one line for every fact, and names what it is about", () => {
  for (const fact of Object.values(facts)) {
    const text = sentence(fact);
    expect(text).toMatch(/^[A-Z][^\n]{20,}$/);
    if ("output" in fact) expect(text).toContain(fact.output);
  }
});

it("does not call a copy of the state a restored one, and knows no time that nobody knows", () => {
  expect(sentence({ action: "state_replaced", found: "copied" })).toMatch(
    /: moved, copied or restored. If restored, it does not know .* before this start, and/,
  );
});

it("names some days and counts all of them", () => {
  const days = Array.from({ length: 9 }, (_, at) => `2026-07-${10 + 2 * at}`);
  const text = sentence({ action: "gap_filled", source: "prod", days, count: 9 });
  expect(text).toContain("9 days (2026-07-10, 2026-07-12, 2026-07-14, 2026-07-16, 2026-07-18, …)");
  expect(sentence({ action: "gap_filled", source: "prod", days: ["2026-07-10"], count: 1 })).toContain(
    "1 day (2026-07-10)",
  );
});
