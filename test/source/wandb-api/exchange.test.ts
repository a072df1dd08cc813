import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { failsAndRecovers } from "./fails-and-recovers.ts";
import { begin, failure, history, Keeper, line, rehearse, today } from "./reading.ts";

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
      // The clock of the tests stands in another month.
      response.sendDate = false;
      response.setHeader("content-length", Buffer.byteLength(body)).end(body);
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const rehearsal = await rehearse();
    onTestFinished(() => rehearsal.close());
    const { port } = other.address() as AddressInfo;
    const keeper = new Keeper(rehearsal.source({ url: `http://127.0.0.1:${port}` }));
    const error = await failure(keeper.poll());
    other.closeAllConnections();
    other.close();
    return { error, keeper, asked };
  }

  test("UP-PAGE-LOOP pages that only repeat the one before, each with a cursor of its own, do not become twins for ever", async () => {
    const page = Array.from({ length: 4_000 }, (_, at) => line(today, at));
    const { error, asked, keeper } = await paging(
      () => page,
      (at) => `page-${at}`,
    );
    expect(error).toMatchObject({ reason: "page_loop" });
    expect(asked).toBe(2);
    expect(keeper.lines).toEqual([...page].sort());
  });

  test("UP-PAGE-LOOP pages in a circle are told in the second round, and none of it is a twin", async () => {
    const pageOf = (at: number) => Array.from({ length: 3_000 }, (_, n) => line(today, (at % 3) * 3_000 + n));
    const { error, asked, keeper } = await paging(pageOf, (at) => `page-${at}`);
    expect(error).toMatchObject({ reason: "page_loop" });
    expect(asked).toBe(4);
    expect(keeper.kept).toHaveLength(9_000);
    expect(new Set(keeper.lines).size).toBe(9_000);
  });

  test("UP-PAGE-LOOP short pages that repeat wait until the log goes on: then they were twins", async () => {
    const pair = [line(today, 1), line(today, 1, { n: 2 })];
    const looping = await paging(
      () => pair,
      (at) => `page-${at}`,
    );
    expect(looping.error).toMatchObject({ reason: "page_loop" });
    expect([looping.asked, looping.keeper.lines]).toEqual([4, [...pair].sort()]);
    const honest = await paging(
      (at) => (at < 3 ? pair : [line(today, 2)]),
      (at) => (at < 3 ? `page-${at}` : ""),
    );
    expect(honest.keeper.kept).toHaveLength(7);
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
    const { keeper } = await begin({ dialect: "v4", fault: "rate_limited", retryAfter }, history(today - 3));
    expect(await failure(keeper.poll())).toMatchObject({ reason: "rate_limited", retryAfterMs: expected });
  });

  test("a wrong path is not found", async () => {
    const rehearsal = await rehearse();
    onTestFinished(() => rehearsal.close());
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
    const { keeper, server, key } = await begin({ dialect: "v4", apiKey: "new-key" }, history(today - 3));
    let file = "old-key";
    key.bind(() => file);
    expect(await failure(keeper.poll())).toMatchObject({ reason: "forbidden" });
    file = "new-key";
    await keeper.poll();
    expect(keeper.lines).toEqual(server.log.all().sort());
    expect(server.taken().at(-1)?.authorization).toBe(`Basic ${btoa(":new-key")}`);
  });

  test("UP-5XX-FLAP half the answers are 503: nothing is lost in the end", async () => {
    const { keeper, server } = await begin({ dialect: "v4", flapping: 0.5 }, history(today - 3));
    for (let attempt = 0; attempt < 40; attempt++) await failure(keeper.poll());
    expect(keeper.lines).toEqual(server.log.all().sort());
  });
});
