import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ingest } from "../../../src/ingest/ingest.ts";
import { ledger } from "../../../src/ingest/ledger.ts";
import { Wakeup } from "../../../src/time/wakeup.ts";
import { MemoryStore } from "../../fake/memory-store.ts";
import { line, rehearse, today } from "./reading.ts";

/** A server with pages of three entries each, counted from the first; `before` runs ahead of each page but the first. */
async function pagesOf(log: string[], before: (request: number) => void) {
  let requests = 0;
  const server = createServer((request, response) => {
    const at = Number(new URL(request.url ?? "/", "http://localhost").searchParams.get("cursor") ?? 0);
    if (at > 0) before(++requests);
    const page = log.slice(at, at + 3);
    const next = at + 3 < log.length ? `"${at + 3}"` : "null";
    const body = `{"audit_logs":[${page.join(",")}],"next_cursor":${next}}`;
    // The clock of the tests stands in another month.
    response.sendDate = false;
    response.setHeader("content-length", Buffer.byteLength(body)).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const rehearsal = await rehearse();
  onTestFinished(async () => {
    await rehearsal.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const source = rehearsal.source({ url: `http://127.0.0.1:${port}`, instance: "acme.example" });
  const store = new MemoryStore(["siem"]);
  const loop = ingest({
    source,
    store,
    ledger: ledger({ load: (day) => store.known("acme.example", day) }),
    clock: rehearsal.clock,
    random: () => 0.5,
    tell: () => {},
    pollIntervalMs: 60_000,
    backoff: { minMs: 1, maxMs: 1 },
    holdIntervalMs: 1,
    reload: () => false,
    kept: new Wakeup(rehearsal.clock),
  });
  const kept = () => store.read(0, { events: 1000, bytes: 1e9 }).map(({ bytes }) => bytes.toString());
  return { read: () => loop.runOnce(new AbortController().signal), kept, store };
}

test("an entry that moves to the next page while the pages are read is delivered once", async () => {
  const log = Array.from({ length: 8 }, (_, at) => line(today, at));
  const late = line(today, 0, { late: true });
  // Sorts into the first page after that was read: the last one of it is also the first of the second.
  const { read, kept, store } = await pagesOf(log, (request) => {
    if (request === 1) log.unshift(late);
  });
  await read();
  expect(kept().sort()).toEqual([...log].sort());
  expect(store.cursor("prod")).toBeDefined();
});

test("true twins on both sides of a page's end are two, and are read twice before they count", async () => {
  const log = [1, 2, 3, 3, 4, 5].map((at) => line(today, at));
  const { read, kept } = await pagesOf(log, () => {});
  await read();
  expect(kept().sort()).toEqual([...log].sort());
});

test("a log that grows between all its pages is read all the same, and its cursor moves", async () => {
  const log = Array.from({ length: 9 }, (_, at) => line(today, at));
  let made = 100;
  const { read, kept, store } = await pagesOf(log, () => {
    if (made < 110) log.unshift(line(today, made++));
  });
  await read();
  await read();
  expect(kept().sort()).toEqual([...log].sort());
  expect(store.cursor("prod")).toBeDefined();
});
