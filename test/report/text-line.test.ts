import { expect, it } from "vitest";
import { textLine } from "../../src/report/text-line.ts";

const now = Date.UTC(2026, 7, 1, 12, 0, 5, 999);

it("is one line for people: when, how bad, what", () => {
  expect(textLine({ level: "warn", msg: "output soc: delivery failed" }, now, false)).toBe(
    "2026-08-01 12:00:05  warn   output soc: delivery failed\n",
  );
});

it("shows with colours how bad it is, and lets nothing from outside be one", () => {
  const line = textLine({ level: "error", msg: "said \u001b[2J\r\n" }, now, true);
  expect(line).toMatch(
    /^\u001b\[2m2026-08-01 12:00:05\u001b\[0m {2}\u001b\[31merror {2}said [\x20-\x7e]+\\n\u001b\[0m\n$/,
  );
  expect(textLine({ level: "info", msg: "ready" }, now, true)).toBe(
    "\u001b[2m2026-08-01 12:00:05\u001b[0m  info   ready\n",
  );
});
