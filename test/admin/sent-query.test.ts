import { afterEach, beforeEach, expect, it } from "vitest";
import { queryDaemon } from "../../src/admin/ask.ts";
import { listening } from "../../src/admin/listening.ts";
import { routeServer } from "../../src/admin/server.ts";
import { systemClock } from "../../src/time/clock.ts";

let server: ReturnType<typeof routeServer>;
let port: number;
beforeEach(async () => {
  const echo = (query: URLSearchParams) => ({
    ...{
      status: 200 as const,
      type: "text/plain",
      body: `${query.getAll("uids").length} ${query.get("output")}`,
    },
  });
  server = routeServer(
    { "/echo": echo },
    (text) => text,
    () => undefined,
  );
  await listening(server, () => server.listen(0, "127.0.0.1"));
  port = (server.address() as { port: number }).port;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const ask = (path: string, body?: string) =>
  queryDaemon({ host: "127.0.0.1", port }, path, 10_000, systemClock, "POST", body);

it("takes a query from the path, or as the body where it is too long for that", async () => {
  expect(await ask("/echo?output=siem")).toEqual({ status: 200, body: "0 siem" });
  const query = new URLSearchParams({ output: "siem" });
  for (let count = 0; count < 10_000; count++) query.append("uids", `${count}`.padStart(32, "0"));
  expect(await ask("/echo", query.toString())).toEqual({ status: 200, body: "10000 siem" });
});

it("takes no more than a bound", async () => {
  const answer = await ask("/echo", `output=${"x".repeat(1024 * 1024)}`).catch(() => undefined);
  expect(answer === undefined || answer.status === 400).toBe(true);
  expect((await ask("/echo?output=siem"))?.status).toBe(200);
});
