import { expect, onTestFinished, test } from "vitest";
import { ingest } from "../../../src/ingest/ingest.ts";
import { ledger } from "../../../src/ingest/ledger.ts";
import type { Report } from "../../../src/report/report.ts";
import { progressOf } from "../../../src/source/wandb-api/round/progress.ts";
import { Wakeup } from "../../../src/time/wakeup.ts";
import { MemoryStore } from "../../fake/memory-store.ts";
import { line, noon, rehearse, today } from "./reading.ts";

const minute = 60_000;
const day = 86_400_000;
const entry = (ms: number, more: Record<string, unknown> = {}) =>
  line(Math.floor(ms / day), (ms % day) / 1000, more);

/** The loop as the daemon runs it, on a server of which polls read the newest hours alone by now. */
async function narrowed() {
  const rehearsal = await rehearse();
  onTestFinished(() => rehearsal.close());
  const { server, clock } = rehearsal;
  for (let ms = (today - 1) * day; ms < noon; ms += 20 * minute) server.log.append(entry(ms));
  const store = new MemoryStore(["siem"]);
  const told: Report[] = [];
  const source = rehearsal.source({ start: "2026-08-19", instance: "acme.example" });
  const loop = ingest({
    source,
    store,
    ledger: ledger({ load: (of) => store.known("acme.example", of) }),
    clock,
    random: () => 0.5,
    tell: (report) => told.push(report),
    pollIntervalMs: 300_000,
    backoff: { minMs: 1, maxMs: 1 },
    holdIntervalMs: 1,
    reload: () => false,
    kept: new Wakeup(clock),
  });
  const poll = async (polls = 1) => {
    for (let done = 0; done < polls; done++) {
      clock.at += 5 * minute;
      await loop.runOnce(new AbortController().signal);
    }
  };
  await poll(17);
  const reads = () => progressOf(store.cursor("prod") as never)?.newest?.reads ?? 0;
  expect(reads()).toBeGreaterThan(0);
  const kept = () => store.read(0, { events: 10_000, bytes: 1e9 }).map(({ bytes }) => bytes.toString());
  return { server, clock, poll, kept, told, reads };
}

test("twins, renames and late records are told apart by reads of the newest hours as by others", async () => {
  const { server, clock, poll, kept, told, reads } = await narrowed();
  const twin = entry(clock.at - 20 * minute);
  const guess = (user: string) =>
    entry(clock.at - 10 * minute, { action: "user:initiate_login", user_email: user });
  server.log.append(twin, twin, guess("a@example.com"));
  await poll();
  expect(kept().sort()).toEqual(server.log.all().sort());
  server.log.late(twin, guess("b@example.com"));
  const length = server.log.all().length;
  await poll();
  expect(kept()).toHaveLength(length);
  server.log.rename("defect-detector", "renamed");
  await poll();
  expect(kept()).toHaveLength(length);
  expect(reads()).toBeGreaterThan(2);
  // Over the next read of everything.
  await poll(15);
  expect(kept()).toHaveLength(length);
  expect(told.map(({ type }) => type)).not.toContain("day_shrank");
  expect(told.map(({ type }) => type)).not.toContain("twins_undecided");
});

test("an answer that was cut without a word renames nothing and takes nothing for new", async () => {
  const { server, clock, poll, kept, told } = await narrowed();
  const at = clock.at - 35 * minute;
  const names = ["a", "b"].map((user) => entry(at, { action: "user:initiate_login", user_email: user }));
  server.log.append(...names);
  await poll(13);
  const length = kept().length;
  expect(length).toBe(server.log.all().length);
  server.behave({ hours: "hours_withheld" });
  server.log.append(entry(clock.at - 40 * minute));
  await poll(20);
  server.behave({ hours: undefined });
  await poll(2);
  expect(kept()).toHaveLength(length + 1);
  expect(told.map(({ type }) => type)).not.toContain("twins_undecided");
});
