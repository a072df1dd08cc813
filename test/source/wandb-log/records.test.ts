import { afterEach, describe, expect, test } from "vitest";
import { Records } from "../../../src/source/wandb-log/records.ts";
import { failure, history, Keeper, line, type Rehearsal, rehearse, today } from "../wandb-api/reading.ts";

let rehearsal: Rehearsal | undefined;
afterEach(() => rehearsal?.close());

/** Reads a log that holds these lines as they are, all of today. */
async function reading(lines: readonly string[], config: Record<string, unknown> = {}) {
  rehearsal = await rehearse({ dialect: "v4" });
  rehearsal.server.behave({
    generated: { count: lines.length, entry: (at) => lines[at] as string },
  });
  return new Keeper(rehearsal.source({ start: "12h", ...config }));
}

const good = (count: number) => Array.from({ length: count }, (_, at) => line(today, at % 40_000, { n: at }));
const shown = (keeper: Keeper) =>
  keeper.kept.map(({ bytes, fault, entry }) => [fault, bytes.toString("utf8"), entry !== undefined]);

describe("the records of wandb_api", () => {
  test("bytes are what was received, and the entry is decoded from them", async () => {
    const odd = `{ "timestamp" : "2026-08-20T10:00:00.123456789+02:00","__proto__":{"a":1},"big":9007199254740993,"name":"\\ud800 欠陥 \u2028" }`;
    const keeper = await reading([odd]);
    await keeper.poll();
    expect(shown(keeper)).toEqual([[undefined, odd, true]]);
    expect(keeper.kept[0]?.entry?.get("big")?.text).toBe("9007199254740993");
  });

  test("a record that is too deep, too wide or too long is quarantined with its reason", async () => {
    const deep = `{"timestamp":"2026-08-20T10:00:00Z","a":${"[".repeat(70)}${"]".repeat(70)}}`;
    const wide = `{${Array.from({ length: 5000 }, (_, at) => `"k${at}":1`).join(",")}}`;
    const long = line(today, 5, { a: "x".repeat(100_000) });
    const keeper = await reading([line(today, 1), deep, wide, long, line(today, 2)], {
      read: { max_line: "90000" },
    });
    await keeper.poll();
    expect(keeper.kept.map(({ fault }) => fault)).toEqual([
      undefined,
      undefined,
      "too_deep",
      "too_many_keys",
      "line_too_long",
    ]);
    const cut = keeper.kept[4]?.bytes.toString() ?? "";
    expect(cut.length).toBeLessThan(66_000);
    expect(cut).toMatch(/ \[cut: \d+ bytes, sha256 [0-9a-f]{64}\]$/);
  });

  test("depth that would end a naive parser is quarantined", async () => {
    const keeper = await reading([line(today, 1), `{"a":${"[".repeat(400_000)}${"]".repeat(400_000)}}`]);
    await keeper.poll();
    expect(keeper.kept.map(({ fault }) => fault)).toEqual([undefined, "too_deep"]);
  });

  test("a first line that is malformed fails the read before anything is shown", async () => {
    const keeper = await reading(["this is no log {", ...good(1000)]);
    expect(await failure(keeper.poll())).toMatchObject({ reason: "not_audit_logs" });
    await rehearsal?.close();
    const other = await reading(['{"timestamp":', ...good(1000)]);
    expect(await failure(other.poll())).toMatchObject({ reason: "all_malformed" });
    expect(other.kept).toEqual([]);
  });

  test("one in a hundred malformed is quarantined, more fails the read with none of them shown", async () => {
    const bad = (count: number) => Array.from({ length: count }, (_, at) => `{"broken":${at}`);
    const few = await reading([...good(990), ...bad(10)]);
    await few.poll();
    expect(few.kept.filter(({ fault }) => fault === "not_json")).toHaveLength(10);
    await rehearsal?.close();
    const many = await reading([...good(990), ...bad(11)]);
    expect(await failure(many.poll())).toMatchObject({
      reason: "all_malformed",
      message: "11 of 1001 records are not JSON objects",
      fix: expect.stringContaining("read.accept_malformed"),
    });
    expect(many.kept.filter(({ fault }) => fault !== undefined)).toEqual([]);
  });

  test("a day named in accept_malformed is taken with every malformed line, the first and all of them too", async () => {
    const named = { read: { accept_malformed: ["2026-08-20"] } };
    const garbage = Array.from({ length: 30 }, (_, at) => `garbage ${at}`);
    const keeper = await reading([...garbage, '{"timestamp":', line(today, 1)], named);
    await keeper.poll();
    expect(shown(keeper).filter(([fault]) => fault === "not_json")).toHaveLength(31);
    expect(keeper.lines).toEqual([...garbage, '{"timestamp":', line(today, 1)].sort());
    expect(await keeper.poll()).toEqual([]);
    await rehearsal?.close();
    const other = await reading(garbage, { read: { accept_malformed: ["2026-08-15"] } });
    expect(await failure(other.poll())).toMatchObject({
      reason: "not_audit_logs",
      fix: expect.stringContaining("accept_malformed"),
    });
  });

  test("a web page is no log on a day named in accept_malformed either, nor is a cut line a record", async () => {
    const named = { read: { accept_malformed: ["2026-08-20"] } };
    const keeper = await reading(["<!doctype html>", "<p>Sign in</p>"], named);
    expect(await failure(keeper.poll())).toMatchObject({ reason: "not_audit_logs" });
    rehearsal?.server.behave({ generated: undefined, fault: "unframed" });
    expect(await failure(keeper.poll())).toMatchObject({ reason: "unframed_body" });
  });

  test("nine malformed lines of ten are quarantined: too few to judge", async () => {
    const keeper = await reading([
      line(today, 1),
      ...Array.from({ length: 9 }, (_, at) => `{"broken":${at}`),
    ]);
    await keeper.poll();
    expect(keeper.kept).toHaveLength(10);
  });

  test("an undated entry is a record; one with only an error is not, when it is the last", async () => {
    const undated = '{"action":"project:read","timestamp":"yesterday"}';
    const report = '{"error":"context deadline exceeded"}';
    const keeper = await reading([line(today, 1), undated, report, line(today, 2)]);
    await keeper.poll();
    expect(keeper.kept).toHaveLength(4);
    await rehearsal?.close();
    const cut = await reading([line(today, 1), report]);
    expect(await failure(cut.poll())).toMatchObject({
      reason: "server_error",
      message: expect.stringContaining("deadline"),
    });
  });

  test("records without time and action are kept wherever the log goes on behind them", async () => {
    const odd = [
      '{"error":"x"}',
      "{}",
      '{"timestamp":"2026-08-20T03:00:00Z","message":"m"}',
      '{"actor_ip":"::1"}',
    ];
    const lines = [...odd, line(today, 1), ...odd, line(today, 2), line(today, 3)];
    const keeper = await reading(lines);
    await keeper.poll();
    expect(keeper.lines).toEqual([...lines].sort());
    expect(keeper.dones).toHaveLength(1);
  });

  test("a day named in accept_malformed may end with what says nothing, but not with an error", async () => {
    const named = { read: { accept_malformed: ["2026-08-20"] } };
    const lines = [line(today, 1), '{"actor_ip":"::1"}', "closing words"];
    expect(await failure((await reading(lines)).poll())).toMatchObject({
      reason: "server_error",
      fix: expect.stringContaining("accept_malformed"),
    });
    await rehearsal?.close();
    const keeper = await reading(lines, named);
    await keeper.poll();
    expect(keeper.lines).toEqual([...lines].sort());
    await rehearsal?.close();
    const error = await failure((await reading([...lines, '{"message":"no"}'], named)).poll());
    expect(error).toMatchObject({ reason: "server_error", fix: expect.not.stringContaining("accept") });
  });

  test("so many of them that they do not fit into memory end the read", async () => {
    const keeper = await reading([line(today, 1), ...Array.from({ length: 150_000 }, () => "{}")]);
    expect(await failure(keeper.poll())).toMatchObject({ reason: "all_malformed" });
    // What came before them is part of the log.
    expect(keeper.kept).toHaveLength(1);
  });

  test.each([
    ["of a byte each", 300_000, "7"],
    [
      "of thousands of members each",
      1000,
      `{${Array.from({ length: 4000 }, (_, at) => `"${at}":1`).join()}}`,
    ],
  ])("so do those %s: what they take is counted with the objects that they are", (_, count, text) => {
    const records = new Records(0, { scrub: (said) => said, acceptMalformed: false });
    records.record(Buffer.from('{"action":"a"}'));
    const all = () => {
      for (let each = 0; each < count; each++) records.record(Buffer.from(text));
    };
    expect(all).toThrow("more than 64 MiB of unreadable records");
  });

  test("days that no log can have are counted together, beside those that it can", () => {
    const records = new Records(0, { scrub: (said) => said, acceptMalformed: false });
    const dated = (year: number, count: number) => {
      for (let day = 0; day < count; day++) {
        const timestamp = new Date(Date.UTC(year, 0, 1 + day)).toISOString();
        records.record(Buffer.from(JSON.stringify({ timestamp, action: "a" })));
      }
    };
    dated(1970, 5000);
    dated(2026, 3);
    dated(2200, 5000);
    records.finish();
    expect([...records.times.perDay.values()]).toEqual([5000, 1, 1, 1, 5000]);
    expect([...records.times.perDay.keys()]).toEqual([...records.times.perDay.keys()].sort((a, b) => a - b));
  });

  test("a piece is full when its records fill it, not only their bytes", () => {
    const records = new Records(0, { scrub: (said) => said, acceptMalformed: true });
    let taken = 0;
    for (; !records.full; taken++) records.record(Buffer.from("7"));
    expect(taken).toBeLessThan(1000);
    records.take();
    expect(records.full).toBe(false);
  });

  test("the watermark appears only when the whole steady window was read", async () => {
    rehearsal = await rehearse({ dialect: "v5" });
    rehearsal.server.log.append(...history(today - 3));
    const keeper = new Keeper(rehearsal.source());
    await keeper.poll();
    await keeper.poll();
    const marked = keeper.dones.map(({ watermark, caughtUp }) => [watermark !== undefined, caughtUp]);
    expect(marked.length).toBeGreaterThan(4);
    for (const [has, caughtUp] of marked) expect(has).toBe(caughtUp);
  });

  test("UP-DNS a name that does not resolve is told as that", async () => {
    rehearsal = await rehearse();
    const keeper = new Keeper(rehearsal.source({ url: "https://nowhere.invalid" }));
    expect(await failure(keeper.poll())).toMatchObject({
      reason: "dns",
      fix: expect.stringContaining("host name"),
    });
  });
});
