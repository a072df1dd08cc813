import { expect, it } from "vitest";
import { neverSeen } from "../../src/command/never-seen.ts";
import { soughtOf } from "../../src/command/sought.ts";
import type { ConfiguredSource } from "../../src/source/configured.ts";
import type { AskedLookup } from "../../src/spool/event-lookup.ts";
import type { SourceState } from "../../src/spool/spool-state.ts";
import { dayMs, today } from "../fake/records.ts";

const now = today * dayMs + 3_600_000;
const sources = [{ config: { name: "prod" } }] as unknown as readonly ConfiguredSource[];

async function told(text: string, state: Partial<SourceState> | undefined, fetched = 5): Promise<string> {
  const lookup = {
    sources: async () => ({ sources: state === undefined ? [] : [{ source: "prod", gaps: [], ...state }] }),
    books: async () => ({ books: fetched === 0 ? [] : [{ source: "prod", fetched }] }),
  } as unknown as AskedLookup;
  return (await neverSeen(soughtOf(text), { lookup, sources, keepLedger: 90 * dayMs, now })).join("\n");
}
const at = (time: string) => `{"timestamp":"${time}","action":"user:login"}`;
const watermark = today * dayMs;

it("names what the source has not read, or could not show", async () => {
  const yesterday = at("2026-07-31T10:00:00Z");
  expect(await told(yesterday, undefined)).toContain("source prod was never read");
  expect(await told(yesterday, {})).toContain("was not read completely yet");
  expect(await told(at("2026-08-01T00:30:00Z"), { watermark })).toContain("the next poll may bring it");
  const gaps = [{ day: today - 1, reason: "older than 7 days" }];
  expect(await told(yesterday, { watermark, gaps })).toContain("completely: older than 7 days");
  expect(await told(yesterday, { watermark }, 0)).toContain("sources[].start");
  const shown = await told(yesterday, { watermark });
  expect(shown).toContain("has shown records of 2026-07-31");
  expect(shown).toContain("not from before its start");
});

it("says of a witness that nothing of it is kept, and which uids it was shown that nobody has", async () => {
  const witness = { config: { name: "archive", role: "verify" } } as unknown as ConfiguredSource;
  const examples = [{ of: "missing", uid: "b".repeat(32) }];
  const lookup = {
    sources: async () => ({
      sources: [{ source: "archive", gaps: [], witnessed: [{ day: today, examples }] }],
    }),
    books: async () => ({ books: [{ source: "archive", fetched: 5 }] }),
  } as unknown as AskedLookup;
  const options = { lookup, sources: [witness], keepLedger: 90 * dayMs, now };
  const text = async (sought: string) => (await neverSeen(soughtOf(sought), options)).join("\n");
  expect(await text(at("2026-07-31T10:00:00Z"))).toContain("source archive is a witness (role: verify)");
  expect(await text(at("2026-07-31T10:00:00Z"))).not.toContain("and not this one");
  const shown = "witness archive was shown it, of 2026-08-01, and no primary source of its instance has it";
  expect(await text("b".repeat(32))).toContain(shown);
  expect(await text("c".repeat(32))).not.toContain("was shown it");
});

it("tells a line that no log can have, and what no ledger remembers", async () => {
  expect(await told("{", { watermark })).toContain("the line is no record: not_json");
  expect(await told('{"action":"a"}', { watermark })).toContain("no timestamp that can be read");
  expect(await told(at("2027-01-01T00:00:00Z"), { watermark })).toContain("in the future");
  const forgotten = "older than what the ledger remembers (spool.keep_ledger: 90 days)";
  expect(await told(at("2026-05-01T00:00:00Z"), { watermark })).toContain(forgotten);
  expect(await told(at("2026-06-01T00:00:00Z"), { watermark })).not.toContain("older than");
});

it("says of what the forwarder tells of itself that its uid is needed", async () => {
  const own = '{"timestamp":"2026-07-31T10:00:00Z","action":"wandb-audit-forwarder:heartbeat"}';
  expect(await told(own, { watermark })).toContain("found by its uid (event.id) alone");
  expect(await told(at("2026-07-31T10:00:00Z"), { watermark })).not.toContain("found by its uid");
});

it("says of a uid how long it can be found", async () => {
  expect(await told("a".repeat(32), { watermark })).toContain("paste the line");
  expect(await told("a".repeat(32), { watermark })).toContain("a heartbeat is known until it is delivered");
  expect(await told("a".repeat(32), { watermark })).toContain("read completely up to 2026-08-01 00:00");
});
