import { describe, expect, it } from "vitest";
import { operatePage } from "../../../src/admin/page/operate.ts";
import { reasonLink } from "../../../src/admin/page/reason.ts";
import { deliveryReasons } from "../../../src/output/output.ts";
import { sourceReasons } from "../../../src/source/source.ts";

const page = operatePage("1.2.3", "n0nce");
const attention = [
  ...["dead_letters", "suspects", "owed_days", "gap_days", "unread", "other_organization"],
  ...["clock", "lookback", "witness_differs", "held_before"],
];
/** Every reason that any part of the page may show, with its hop. */
const shown = [
  ...[...sourceReasons, "stale", "not_read_yet", "clock"].map((reason) => ["source prod", reason]),
  ...deliveryReasons.flatMap((reason) => [
    ["output soc", reason],
    ["letter soc", reason],
  ]),
  ...attention.map((reason) => ["look output soc", reason]),
  ["spool", "spool_full"],
  ["daemon", "not_running"],
] as unknown as readonly (readonly [string, string])[];

describe("the page of reasons", () => {
  it("has a place for every reason that the status page links", () => {
    const places = new Set([...page.matchAll(/id="([^"]+)"/g)].map(([, place]) => place));
    const missing = shown.filter(([hop, reason]) => {
      const place = /href="operate#([^"]+)"/.exec(reasonLink(hop, reason).markup)?.[1];
      return !places.has(place);
    });
    expect(missing).toEqual([]);
  });

  it("has no place twice, and says what the runbook does", () => {
    const places = [...page.matchAll(/id="([^"]+)"/g)].map(([, place]) => place);
    expect(new Set(places).size).toBe(places.length);
    expect(page).toMatch(
      /id="output-unauthorized".*?<strong>Meaning:<\/strong> The remote does not accept the credential/s,
    );
    expect(page).toContain("From the runbook of version 1.2.3");
  });

  it("needs no script and no other file", () => {
    expect(page).not.toContain("<script");
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page).not.toContain("](");
    expect(page).not.toMatch(/`/);
  });
});
