import { describe, expect, it } from "vitest";
import { monthPage } from "../../src/evidence/month-page.ts";
import { archiveOf, closing, monthDay, monthOf } from "./month-facts.ts";

describe("the page of a month", () => {
  it("says that all is well, and what every day was closed with", () => {
    const page = monthPage(monthOf({ archive: archiveOf() }));
    expect(page).toContain("Every day of the month is closed");
    expect(page).toContain(
      `<td>2026-08-01</td><td>prod</td><td>closed ${closing.at}</td><td class="number">5</td><td class="number">4</td><td class="number">5</td><td class="number">1</td><td class="hash">${closing.digest}</td><td class="number">8</td>`,
    );
    expect(page).toContain("No gaps");
    expect(page).toContain("There are none of this month");
    expect(page).toContain("the newest that the state knows too");
  });

  it("says what became of the records, by day and in all", () => {
    const page = monthPage(monthOf());
    const zeros = '<td class="number">0</td>'.repeat(6);
    for (const [place, kept] of [
      ["<td>2026-08-02</td><td>prod</td>", 5],
      ["<td>the month</td><td>all</td>", 10],
    ] as const)
      expect(page).toContain(
        `${place}<td>siem</td><td class="number">${kept}</td><td class="number">${kept}</td>${zeros}`,
      );
    expect(monthPage(monthOf({ days: [] }))).toContain("There were none.");
  });

  it("says what is open, why days are gaps, and why records were given up", () => {
    const page = monthPage(
      monthOf({
        days: [
          monthDay("01", { state: "gap", gap: "it is gone", closed: null }),
          monthDay("02", { state: "settling", closed: { ...closing, closings: 2 } }),
          monthDay("05", { state: "open", closed: { ...closing, at: "2027-08-08T01:00:00.000Z" } }),
          monthDay("03", { state: "unread", closed: null }),
          monthDay("04", { closed: { ...closing, closings: 3 } }),
        ],
        sources: [
          { name: "prod", instance: "acme", beside: null },
          { name: "old", instance: null, beside: null },
          { name: "pipe", instance: "acme", beside: "standard input is read once" },
        ],
        dead_letters: [{ output: "siem", reason: "too_large", events: 3 }],
        archive: archiveOf({ days: [] }),
      }),
    );
    expect(page).toContain("<li>2026-08-01, prod: it is gone</li>");
    expect(page).toContain(`settling: something came after ${closing.at}`);
    expect(page).toContain("open: closed 2027-08-08T01:00:00.000Z, by a clock that was ahead");
    expect(page).toContain("never read");
    expect(page).toContain("(closing 3)");
    expect(page).toContain("not in the configuration any more");
    expect(page).toContain("standard input is read once");
    expect(page).toContain('<td>siem</td><td>too_large</td><td class="number">3</td>');
    expect(page).toContain("not yet");
    expect(page).not.toContain("Every day of the month is closed");
  });

  it("names what is wrong with an archive, a hundred of it, or why none was looked at", () => {
    const { chain } = archiveOf();
    if (chain === null) throw new Error("it was looked at");
    const faults = Array.from({ length: 103 }, (_, at) => ({
      ...({ what: "missing", detail: "gone" } as const),
      name: `file-${at}`,
    }));
    const page = monthPage(monthOf({ archive: archiveOf({ chain: { ...chain, faults } }) }));
    expect(page).toContain("<li>missing: file-99: gone</li><li>and 3 more");
    expect(page).not.toContain("Every manifest is signed");
    const trouble = "not_found: it is not there";
    expect(monthPage(monthOf({ archive: archiveOf({ chain: null, trouble }) }))).toContain(trouble);
  });

  it("runs nothing, loads nothing and shows hostile names as text", () => {
    const hostile = "<script>alert(1)</script>\"'\u202e$(id)";
    const [total] = monthDay("01").outputs;
    const page = monthPage(
      monthOf({
        host: hostile,
        version: hostile,
        sources: [{ name: hostile, instance: hostile, beside: hostile }],
        days: [monthDay("01", { source: hostile, state: "gap", gap: "<img src=x>" })],
        totals: [
          { ...(total as NonNullable<typeof total>), output: hostile, configured: true, left: 0, lost: 1 },
        ],
        dead_letters: [{ output: hostile, reason: hostile, events: 1 }],
        archive: archiveOf({ where: hostile }),
      }),
    );
    expect(page).toContain("&lt;script&gt;");
    expect(page).not.toMatch(/<script|<img|<a |<link|\u202e|url\(|@import/);
    expect(page).toContain("default-src 'none'");
    // What is copied into a shell is one word there.
    expect(page).toContain(
      "archive verify &#39;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;\\&#39;&#39;",
    );
    expect(page).toContain("@media print");
  });
});

it("does not praise an archive without a manifest", () => {
  const { chain } = archiveOf();
  const { newest: _, ...none } = { ...(chain as NonNullable<typeof chain>), manifests: 0, fingerprints: [] };
  const page = monthPage(
    monthOf({ archive: archiveOf({ chain: none, head: null, manifests: [], days: [] }) }),
  );
  expect(page).toContain("There is no manifest: nothing would show that a file was changed.");
  expect(page).not.toContain("Every manifest is signed");
  expect(page).not.toContain("Signed with");
});
