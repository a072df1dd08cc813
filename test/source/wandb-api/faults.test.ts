import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { WandbBehaviour } from "../../../src/simulate/wandb-behaviour.ts";
import { failure, history, Keeper, line, type Rehearsal, rehearse, today } from "./reading.ts";

let rehearsal: Rehearsal | undefined;
afterEach(() => rehearsal?.close());

async function begin(
  behaviour: Partial<WandbBehaviour> = {},
  config: Record<string, unknown> = {},
  lines = history(today - 3),
) {
  rehearsal = await rehearse();
  rehearsal.server.behave({ dialect: "v4", ...behaviour });
  rehearsal.server.log.append(...lines);
  return { ...rehearsal, keeper: new Keeper(rehearsal.source(config)) };
}

/** A poll fails for `reason`, the cursor stays; when the fault is over, everything is there and nothing twice. */
async function failsAndRecovers(
  reason: string,
  behaviour: Partial<WandbBehaviour>,
  config: Record<string, unknown> = {},
) {
  const { keeper, server } = await begin({}, config);
  await keeper.poll();
  const { cursor } = keeper;
  server.log.append(...Array.from({ length: 200 }, (_, at) => line(today, 41_000 + at)));
  server.behave(behaviour);
  const error = await failure(keeper.poll());
  expect(error).toMatchObject({ name: "SourceError", reason });
  expect(error.fix).toBeTruthy();
  expect(error.message).not.toContain("local-0123456789");
  expect(keeper.cursor).toBe(cursor);
  server.behave({ fault: undefined, dialect: "v4" });
  await keeper.poll();
  expect(keeper.lines).toEqual(server.log.all().sort());
  return error;
}

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
    ["UP-GZ-BOMB a megabyte that unpacks to a gigabyte", "bad_encoding", { fault: "gzip_bomb" }],
    ["UP-GZ-NEST two codings", "bad_encoding", { fault: "gzip_twice" }],
    ["UP-HTML200 a login page", "not_audit_logs", { fault: "html" }],
    ["UP-HTML-AS-JSON a login page called JSON", "not_audit_logs", { fault: "html_as_json" }],
    ["UP-EMPTY200 nothing where entries were", "empty_answer", { fault: "blank" }],
    ["UP-ALLBAD every line malformed", "all_malformed", { fault: "all_bad" }],
    ["an error report as the last line", "server_error", { fault: "error_line" }],
    ["UP-COUNT another count than entries", "count_mismatch", { dialect: "v5", fault: "wrong_count" }],
    ["UP-PAGE-LOOP a cursor that repeats", "page_loop", { dialect: "v5", fault: "page_loop" }],
  ] as const)("%s", async (_, reason, behaviour) => {
    await failsAndRecovers(reason, behaviour);
  });

  test("UP-CLOSE-DELIM is accepted when the operator allows it", async () => {
    const { keeper, server } = await begin({ fault: "unframed" }, { read: { allow_unframed: true } });
    await keeper.poll();
    // The fault cuts the last line; what the operator allowed is what he gets.
    expect(keeper.lines.length).toBeGreaterThan(0);
    expect(keeper.lines.length).toBeLessThan(server.log.all().length);
  });

  test("UP-SLOWLORIS an answer that drips is given up", async () => {
    const { keeper, clock } = await begin({ fault: "drip" });
    clock.faster = 1000;
    expect(await failure(keeper.poll())).toMatchObject({ reason: "too_slow" });
  });

  test("UP-SLOWLORIS a read that takes too long as a whole is given up", async () => {
    const { keeper } = await begin({ fault: "drip" }, { read: { timeout: "1s", min_rate: 0 } });
    expect(await failure(keeper.poll())).toMatchObject({
      reason: "timeout",
      message: expect.stringContaining("1 s"),
    });
  });

  test("UP-SLOWLORIS a head that never ends, UP-HANG no answer at all: given up", async () => {
    const { keeper, server } = await begin({ fault: "hang" }, { read: { timeout: "1s" } });
    expect(await failure(keeper.poll())).toMatchObject({ reason: "timeout" });
    server.behave({ fault: "endless_head" });
    expect((await failure(keeper.poll())).reason).toMatch(/timeout|connect/);
  });

  test("stop ends a read that hangs, with the signal's reason", async () => {
    const { keeper } = await begin({ fault: "drip" });
    const stop = new AbortController();
    const reading = failure(keeper.read(stop.signal));
    const reason = new Error("stopping");
    setTimeout(() => stop.abort(reason), 50);
    expect(await reading).toBe(reason);
  });
});

describe("answers that are no logs are told apart", () => {
  test.each([
    ["UP-403 permission lost", "forbidden", { fault: "forbidden" }],
    ["not let in", "unauthorized", { fault: "unauthorized" }],
    ["UP-5XX-FLAP a server error", "server_error", { fault: "server_error" }],
    [
      "several organizations with status 400",
      "multiple_organizations",
      { fault: "multiple_organizations", status: 400 },
    ],
    [
      "several organizations with status 403",
      "multiple_organizations",
      { fault: "multiple_organizations", status: 403 },
    ],
    [
      "several organizations with status 500",
      "multiple_organizations",
      { fault: "multiple_organizations", status: 500 },
    ],
    [
      "several organizations with status 200",
      "multiple_organizations",
      { fault: "multiple_organizations", status: 200 },
    ],
  ] as const)("%s", async (_, reason, behaviour) => {
    await failsAndRecovers(reason, behaviour);
  });

  test("UP-302 a redirect is not followed: the other server sees nothing", async () => {
    let seen = 0;
    const other = createServer((_, response) => response.end(String(++seen)));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const error = await failsAndRecovers("redirect", {
      fault: "redirect",
      location: `http://127.0.0.1:${port}/?token=t`,
    });
    other.close();
    expect(seen).toBe(0);
    expect(error.message).toContain(`http://127.0.0.1:${port}`);
    expect(error.message).not.toContain("token");
  });

  /** A server whose pages are all `pages(n)`, with the cursor `cursor(n)` that no earlier page had. */
  async function paging(entries: (page: number) => string[], cursor: (page: number) => string) {
    let asked = 0;
    const other = createServer((_, response) => {
      const page = asked++;
      const body = `{"audit_logs":[${entries(page).join(",")}],"next_cursor":"${cursor(page)}"}`;
      response.setHeader("content-length", Buffer.byteLength(body)).end(body);
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    rehearsal = await rehearse();
    const { port } = other.address() as AddressInfo;
    const keeper = new Keeper(rehearsal.source({ url: `http://127.0.0.1:${port}` }));
    const error = await failure(keeper.poll());
    other.closeAllConnections();
    other.close();
    return { error, keeper, asked };
  }

  test("UP-PAGE-LOOP pages that only repeat the one before, each with a cursor of its own, do not become twins for ever", async () => {
    const page = Array.from({ length: 4_000 }, (_, at) => line(today, at));
    const { error, asked } = await paging(
      () => page,
      (at) => `page-${at}`,
    );
    expect(error).toMatchObject({ reason: "page_loop" });
    expect(asked).toBe(27);
  });

  test("pages full of true twins are no loop", async () => {
    const { error, keeper } = await paging(
      () => Array.from({ length: 100 }, () => line(today, 1)),
      (at) => (at % 20 === 19 ? "" : `page-${at % 20}`),
    );
    expect(error).toEqual({ message: "it did not fail" });
    expect(keeper.kept).toHaveLength(2_000);
  });

  test("a cursor that no request could carry back is not asked with", async () => {
    const { error, asked } = await paging(
      (at) => [line(today, at)],
      (at) => `${"c".repeat(8_200)}${at}`,
    );
    expect(error).toMatchObject({ reason: "page_loop" });
    expect(asked).toBe(1);
  });

  test.each([
    ["seconds", "30", 30_000],
    ["a date", "Thu, 20 Aug 2026 12:01:00 GMT", 60_000],
    ["ten years", "315360000", 3_600_000],
    ["garbage", "soon", undefined],
  ])("UP-429 Retry-After as %s", async (_, retryAfter, expected) => {
    const { keeper } = await begin({ fault: "rate_limited", retryAfter });
    expect(await failure(keeper.poll())).toMatchObject({ reason: "rate_limited", retryAfterMs: expected });
  });

  test("a wrong path is not found", async () => {
    rehearsal = await rehearse();
    const port = rehearsal.server.port;
    const keeper = new Keeper(
      rehearsal.source({ url: `http://127.0.0.1:${port}/x/other_audit_logs/audit_logs` }),
    );
    await keeper.poll();
    const lost = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => lost.listen(0, "127.0.0.1", resolve));
    const other = new Keeper(
      rehearsal.source({ url: `http://127.0.0.1:${(lost.address() as AddressInfo).port}` }),
    );
    expect(await failure(other.poll())).toMatchObject({
      reason: "not_found",
      fix: expect.stringContaining("url"),
    });
    lost.closeAllConnections();
    lost.close();
  });

  test("UP-401-ROT a new key in the file is read and tried at once", async () => {
    const { keeper, server, key } = await begin({ apiKey: "new-key" });
    let file = "old-key";
    key.bind(() => file);
    expect(await failure(keeper.poll())).toMatchObject({ reason: "forbidden" });
    file = "new-key";
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
    expect(server.taken().at(-1)?.authorization).toBe(`Basic ${btoa(":new-key")}`);
  });

  test("UP-5XX-FLAP half the answers are 503: nothing is lost in the end", async () => {
    const { keeper, server } = await begin({ flapping: 0.5 });
    for (let attempt = 0; attempt < 40; attempt++) await failure(keeper.poll());
    expect(keeper.lines).toEqual(server.log.all().sort());
  });
});

describe("oddities of a good answer are tolerated", () => {
  test.each([
    ["UP-NO-NL no newline at the end", { fault: "no_final_newline" }],
    ["UP-CRLF-BOM byte order mark, CRLF and blank lines", { fault: "crlf_bom" }],
    ["UP-PAGE-EMPTY empty pages with a cursor", { dialect: "v5", fault: "empty_pages" }],
  ] as const)("%s", async (_, behaviour) => {
    const { keeper, server } = await begin(behaviour);
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
  });

  test("`audit_logs: null` is an empty day", async () => {
    const { keeper, server } = await begin({ dialect: "v5-multi-tenant", fault: "null_logs" }, {}, []);
    await keeper.poll();
    server.behave({ fault: undefined });
    server.log.append(line(today, 5));
    expect(await keeper.poll()).toHaveLength(1);
  });

  test("UP-HALFLINE one malformed line in ten thousand is quarantined raw, the rest delivered", async () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => line(today, at % 40_000));
    const { keeper } = await begin({ fault: "half_line" }, { start: "1d" }, lines);
    await keeper.poll();
    const faulty = keeper.kept.filter(({ fault }) => fault !== undefined);
    expect(faulty).toMatchObject([{ fault: "not_json" }]);
    expect(lines[5000]).toContain(faulty[0]?.bytes.toString());
    expect(keeper.kept).toHaveLength(10_000);
  });

  test("pages longer than one limit are read to the end, with the cursor escaped", async () => {
    const lines = Array.from({ length: 45_000 }, (_, at) => line(today, at % 40_000, { actor_user_id: at }));
    const { keeper, server } = await begin({ dialect: "v5" }, { start: "1d" }, lines);
    await keeper.poll();
    expect(keeper.kept).toHaveLength(45_000);
    expect(server.taken().filter(({ query }) => query.has("cursor")).length).toBeGreaterThanOrEqual(2);
  });

  test("a page's cursor that is refused restarts the window once, then fails", async () => {
    const lines = Array.from({ length: 25_000 }, (_, at) => line(today, at % 40_000, { actor_user_id: at }));
    const { keeper, server } = await begin(
      { dialect: "v5", fault: "cursor_expired" },
      { start: "1d" },
      lines,
    );
    expect(await failure(keeper.poll())).toMatchObject({ reason: "bad_request" });
    expect(keeper.notices).toContainEqual(expect.stringContaining("cursor"));
    server.behave({ fault: undefined });
    await keeper.poll();
    expect(keeper.kept).toHaveLength(25_000);
  });

  test("UP-ANON asking for anonymised entries shows nothing new", async () => {
    const { keeper, source, server } = await begin({ dialect: "v5" });
    await keeper.poll();
    const anonymous = new Keeper(source({ anonymize: true }));
    Object.assign(anonymous, { known: (keeper as unknown as { known: unknown }).known });
    expect(await anonymous.poll()).toEqual([]);
    expect(server.taken().at(-1)?.query.get("anonymize")).toBe("true");
  });
});
