import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bodyOf } from "../../../src/source/wandb-api/body.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { settling } from "../../fake/settling.ts";
import { failsAndRecovers } from "./fails-and-recovers.ts";
import { begin, failure, history, Keeper, line, today } from "./reading.ts";

describe("a broken body fails the read, keeps the cursor and loses nothing", () => {
  test.each([
    ["UP-CL-SHORT Content-Length larger than the body", "cut_body", { fault: "short_body" }],
    ["UP-RST reset in mid-body", "cut_body", { fault: "reset" }],
    ["UP-CHUNK-END chunked without the last chunk", "cut_body", { fault: "no_last_chunk" }],
    [
      "UP-CLOSE-DELIM neither length nor chunks, cut on a line boundary",
      "unframed_body",
      { fault: "unframed" },
    ],
    ["UP-GZ-TRUNC gzip cut, framing right", "bad_encoding", { fault: "gzip_cut" }],
    ["UP-GZ-CRC gzip with a bad checksum", "bad_encoding", { fault: "gzip_damaged" }],
    ["UP-GZ-CRC gzip with garbage behind it", "bad_encoding", { fault: "gzip_garbage" }],
    ["UP-GZ-NEST two codings", "bad_encoding", { fault: "gzip_twice" }],
    ["UP-HTML200 a login page", "not_audit_logs", { fault: "html" }],
    ["UP-HTML-AS-JSON a login page called JSON", "not_audit_logs", { fault: "html_as_json" }],
    ["UP-EMPTY200 nothing where entries were", "empty_answer", { fault: "blank" }],
    ["UP-ALLBAD every line malformed", "all_malformed", { fault: "all_bad" }],
    ["an error report as the last line", "server_error", { fault: "error_line" }],
    ["UP-COUNT another count than entries", "count_mismatch", { dialect: "v5", fault: "wrong_count" }],
    ["UP-PAGE-LOOP a cursor that repeats", "page_loop", { dialect: "v5", fault: "page_loop" }],
    ["UP-PAGE-LOOP the first page again and again", "page_loop", { dialect: "v5", fault: "page_circle" }],
  ] as const)("%s", async (_, reason, behaviour) => {
    await failsAndRecovers(reason, behaviour);
  });

  test("UP-GZ-BOMB 128 MiB of nothing are unpacked without being held, and is no log", async () => {
    const buffers = () => process.memoryUsage().arrayBuffers;
    const before = buffers();
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, buffers());
    }, 5);
    await failsAndRecovers("empty_answer", { fault: "gzip_bomb" });
    clearInterval(watching);
    expect(most).toBeGreaterThan(0);
    expect(most - before).toBeLessThan(90 * 2 ** 20);
  });

  test("UP-CLOSE-DELIM is accepted when the operator allows it", async () => {
    const { keeper, server } = await begin({ dialect: "v4", fault: "unframed" }, history(today - 3), {
      read: { allow_unframed: true },
    });
    await keeper.poll();
    // The fault cuts the last line; what the operator allowed is what he gets.
    expect(keeper.lines.length).toBeGreaterThan(0);
    expect(keeper.lines.length).toBeLessThan(server.log.all().length);
  });

  test("UP-SLOWLORIS an answer that drips is given up", async () => {
    const { keeper, clock, server } = await begin({ dialect: "v4", fault: "drip" }, history(today - 3));
    const reading = failure(keeper.poll());
    while (server.taken().length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.faster = 1000;
    expect(await reading).toMatchObject({ reason: "too_slow" });
  });

  test("UP-SLOWLORIS a read that takes too long as a whole is given up", async () => {
    const { keeper } = await begin({ dialect: "v4", fault: "drip" }, history(today - 3), {
      read: { timeout: "1s", min_rate: 0 },
    });
    expect(await failure(keeper.poll())).toMatchObject({
      reason: "timeout",
      message: expect.stringContaining("1 s"),
    });
  });

  test("UP-SLOWLORIS a head that never ends, UP-HANG no answer at all: given up", async () => {
    const { keeper, server } = await begin({ dialect: "v4", fault: "hang" }, history(today - 3), {
      read: { timeout: "1s" },
    });
    expect(await failure(keeper.poll())).toMatchObject({ reason: "timeout" });
    server.behave({ fault: "endless_head" });
    expect((await failure(keeper.poll())).reason).toMatch(/timeout|connect/);
  });

  test("stop ends a read that hangs, with the signal's reason", async () => {
    const { keeper } = await begin({ dialect: "v4", fault: "drip" }, history(today - 3));
    const stop = new AbortController();
    const reading = failure(keeper.read(stop.signal));
    const reason = new Error("stopping");
    setTimeout(() => stop.abort(reason), 50);
    expect(await reading).toBe(reason);
  });
});

const errors = [
  '{"message":"Internal server error"}',
  '{"detail":"Not authenticated"}',
  '{"code":5,"msg":"not found"}',
  '{"ok":false}',
  '{"fault":{"faultstring":"Execution of policy failed"}}',
  '{"Message":"User is not authorized"}',
  '{"request_id":"7f3a"}',
  "{}",
  '{"timestamp":"2026-08-20T11:00:00Z","status":500,"error":"Internal Server Error","path":"/admin/audit_logs"}',
  '{"data":null,"errors":[{"message":"unavailable"}]}',
  '{"error":"deadline exceeded"}\nnull',
  '{"error":"deadline exceeded"}\n\nnull\n{"trace":1}',
  '{\n  "error": "no healthy upstream"\n}',
  "<html><body>504 Gateway Time-out</body></html>",
  "upstream connect error",
];

describe("an error that comes with status 200 is no record", () => {
  test.each(errors)("UP-ERR200 in place of the log: %s", async (errorText) => {
    await failsAndRecovers(/server_error|not_audit_logs/, { fault: "error_object", errorText });
  });

  test.each(errors)("UP-ERRTAIL behind the records, which are kept: %s", async (errorText) => {
    for (const fault of ["error_tail", "no_final_newline"] as const) {
      const { keeper, server } = await begin({ dialect: "v4" }, history(today - 3));
      await keeper.poll();
      const { cursor, dones } = keeper;
      const ended = dones.length;
      server.log.append(line(today, 41_000));
      if (fault === "error_tail") server.behave({ fault, errorText });
      else server.behave({ fault: "error_tail", errorText: `${errorText}\n` });
      const error = await failure(keeper.poll());
      expect(error.reason).toMatch(/server_error|not_audit_logs/);
      expect([keeper.cursor, dones.length]).toEqual([cursor, ended]);
      expect(keeper.lines).toEqual(server.log.all().sort());
      server.behave({ fault: undefined });
      await keeper.poll();
      expect(keeper.lines).toEqual(server.log.all().sort());
    }
  });

  test("its text is told: cut, printable and without the key", async () => {
    const errorText = `{"message":"local-0123456789 \u001b[2J ${"x".repeat(5000)}"}`;
    const { keeper } = await begin({ dialect: "v4", fault: "error_object", errorText }, []);
    const { message } = await failure(keeper.poll());
    expect(message).toContain('{"message":"***');
    expect(message).not.toContain("local-0123456789");
    expect(message.length).toBeLessThan(300);
    expect(keeper.kept).toEqual([]);
  });

  test.each([
    '{"audit_logs":null,"error":"deadline exceeded"}',
    '{"audit_logs":[],"errors":[{"message":"unavailable"}],"next_cursor":null}',
    '{"audit_logs":{"error":"unavailable"},"next_cursor":null}',
    '{"audit_logs":"unavailable"}',
    '{"next_cursor":null,"message":"Internal server error"}',
    '{"audit_logs":null,"ok":false}',
    `{"audit_logs":[${line(today, 5)}],"next_cursor":null,"error":"only the first shard answered"}`,
  ])("UP-ERR200 in an envelope: %s", async (errorText) => {
    const { keeper } = await begin({ dialect: "v5", fault: "error_object", errorText }, []);
    expect(await failure(keeper.poll())).toMatchObject({ reason: "server_error" });
    expect(keeper.dones).toEqual([]);
  });

  test("a cursor that is no text is not taken for the last page", async () => {
    const errorText = `{"audit_logs":[${line(today, 5)}],"next_cursor":17}`;
    const { keeper } = await begin({ dialect: "v5", fault: "error_object", errorText }, []);
    expect(await failure(keeper.poll())).toMatchObject({ message: expect.stringContaining("cursor") });
    expect(keeper.dones).toEqual([]);
  });

  test("words beside the entries that report no failure do no harm", async () => {
    const errorText = `{"audit_logs":[${line(today, 5)}],"next_cursor":null,"error":null,"errors":[],"ok":true,"message":"1 entry","status":200}`;
    const { keeper } = await begin({ dialect: "v5", fault: "error_object", errorText }, []);
    expect(await keeper.read()).toHaveLength(1);
  });
});

describe("oddities of a good answer are tolerated", () => {
  test.each([
    ["UP-NO-NL no newline at the end", { fault: "no_final_newline" }],
    ["UP-CRLF-BOM byte order mark, CRLF and blank lines", { fault: "crlf_bom" }],
    ["UP-PAGE-EMPTY empty pages with a cursor", { dialect: "v5", fault: "empty_pages" }],
  ] as const)("%s", async (_, behaviour) => {
    const { keeper, server } = await begin({ dialect: "v4", ...behaviour }, history(today - 3));
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
  });

  test("`audit_logs: null` is an empty day", async () => {
    const { keeper, server } = await begin({ dialect: "v5-multi-tenant", fault: "null_logs" }, []);
    await keeper.poll();
    server.behave({ fault: undefined });
    server.log.append(line(today, 5));
    expect(await keeper.poll()).toHaveLength(1);
  });

  test("UP-HALFLINE one malformed line in ten thousand is quarantined raw, the rest delivered", async () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => line(today, at % 40_000));
    const { keeper } = await begin({ dialect: "v4", fault: "half_line" }, lines, { start: "1d" });
    await keeper.poll();
    const faulty = keeper.kept.filter(({ fault }) => fault !== undefined);
    expect(faulty).toMatchObject([{ fault: "not_json" }]);
    expect(lines[5000]).toContain(faulty[0]?.bytes.toString());
    expect(keeper.kept).toHaveLength(10_000);
  });

  test("UP-GZ-BUSY a busy day that compresses to less than one in two hundred is read", async () => {
    const entry = {
      entity_asset: 77,
      entity_name: "vision-team",
      project_asset: 5311,
      actor_ip: "203.0.113.24",
    };
    const lines = Array.from({ length: 40_000 }, (_, at) => line(today, Math.floor(at / 200), entry));
    const { keeper, server } = await begin({ dialect: "v4", gzip: true, gzipLevel: 9 }, lines, {
      start: "1d",
    });
    const body = `${server.log.all().join("\n")}\n`;
    expect(body.length / gzipSync(body, { level: 9 }).length).toBeGreaterThan(200);
    await keeper.poll();
    expect(keeper.kept).toHaveLength(40_000);
  });

  test("pages longer than one limit are read to the end, with the cursor escaped", async () => {
    const lines = Array.from({ length: 45_000 }, (_, at) => line(today, at % 40_000, { actor_user_id: at }));
    const { keeper, server } = await begin({ dialect: "v5" }, lines, { start: "1d" });
    await keeper.poll();
    expect(keeper.kept).toHaveLength(45_000);
    expect(server.taken().filter(({ query }) => query.has("cursor")).length).toBeGreaterThanOrEqual(2);
  });

  test("a page's cursor that is refused restarts the window once, then fails", async () => {
    const lines = Array.from({ length: 25_000 }, (_, at) => line(today, at % 40_000, { actor_user_id: at }));
    const { keeper, server } = await begin({ dialect: "v5", fault: "cursor_expired" }, lines, {
      start: "1d",
    });
    expect(await failure(keeper.poll())).toMatchObject({ reason: "bad_request" });
    expect(keeper.notices).toContainEqual(expect.stringContaining("cursor"));
    server.behave({ fault: undefined });
    await keeper.poll();
    expect(keeper.kept).toHaveLength(25_000);
  });

  test("UP-ANON asking for anonymised entries shows nothing new", async () => {
    const { keeper, source, server } = await begin({ dialect: "v5" }, history(today - 3));
    await keeper.poll();
    const anonymous = new Keeper(source({ anonymize: true }));
    Object.assign(anonymous, { known: (keeper as unknown as { known: unknown }).known });
    expect(await anonymous.poll()).toEqual([]);
    expect(server.taken().at(-1)?.query.get("anonymize")).toBe("true");
  });
});

test("others have their turn between chunks that take long to read, though all have arrived", async () => {
  const calls: string[] = [];
  const output = settling(calls);
  const answer = {
    status: 200,
    headers: { "content-length": "3" },
    body: (async function* () {
      for (const part of ["a", "b", "c"]) yield Buffer.from(part);
    })(),
    bytes: () => Promise.reject(new Error("not asked for")),
    text: () => Promise.reject(new Error("not asked for")),
    discard() {},
  };
  let now = 0;
  const clock = { ...systemClock, monotonic: () => now };
  for await (const chunk of bodyOf(answer, { minRate: 0, allowUnframed: false }, clock)) {
    calls.push(String(chunk));
    if (calls.length > 1) now += 5;
    output.ask();
  }
  output.close();
  expect(calls).toEqual(["a", "b", "settled", "settled", "c", "settled"]);
});
