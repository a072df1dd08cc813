import { expect, it } from "vitest";
import { lettersTable } from "../../../src/admin/page/letters.ts";
import type { LetterRow } from "../../../src/status/letter-report.ts";
import type { StatusReport } from "../../../src/status/status-report.ts";

const letter = (uid: string) =>
  ({
    ...{ output: "soc", day: "2026-08-01", uid, reason: "bad_event" },
    ...{ detail: "HTTP 400: <no>", given_up: "2026-08-01T12:00:05.000Z" },
  }) as LetterRow;
const section = (dead: number, letters: readonly LetterRow[] | undefined) =>
  lettersTable({ outputs: [{ dead }] } as unknown as StatusReport, letters)?.markup;

it("shows which events were given up, and how many more there are", () => {
  const text = section(3, [letter("a1"), letter("b2")]);
  expect(text).toContain("<code>b2</code>");
  expect(text).toContain("<td>HTTP 400: &lt;no&gt;</td>");
  expect(text).toContain("The first 2 of 3.");
  expect(section(2, [letter("a1"), letter("b2")])).not.toContain("The first");
});

it("shows how many alone where anybody may look, and nothing where there are none", () => {
  expect(section(3, undefined)).toContain("3 given up.");
  expect(section(3, undefined)).not.toContain("<table>");
  expect(section(0, [])).toBeUndefined();
});

it("has a name of its own for the table that can be scrolled: a list of landmarks tells them apart", () => {
  const text = section(1, [letter("a1")]) ?? "";
  const heading = /<h2[^>]*>([^<]*)</.exec(text)?.[1];
  const region = /role="region" aria-label="([^"]*)"/.exec(text)?.[1];
  expect(region).toBeTruthy();
  expect(region).not.toBe(heading);
});
