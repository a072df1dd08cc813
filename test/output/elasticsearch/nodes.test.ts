import { afterEach, describe, expect, it } from "vitest";
import { clusterNodes, type Nodes } from "../../../src/output/elasticsearch/nodes.ts";
import {
  type ElasticsearchReceiver,
  startElasticsearchReceiver,
} from "../../../src/simulate/elasticsearch-receiver.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { ManualClock } from "../../fake/manual-clock.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { elasticOutput } from "./subject.ts";

const never = new AbortController().signal;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function three(): Promise<readonly ElasticsearchReceiver[]> {
  const first = await startElasticsearchReceiver();
  const others = [1, 2].map(() => startElasticsearchReceiver({ cluster: first.cluster }));
  const all = [first, ...(await Promise.all(others))];
  for (const one of all) closing.push(() => one.close());
  return all;
}

function nodesOf(receivers: readonly ElasticsearchReceiver[], clock = new ManualClock(0)): Nodes {
  const { environment, clock: real } = outputContext;
  const nodes = clusterNodes(
    receivers.map(({ url }) => ({ url: new URL(url), environment, userAgent: "test/0", clock: real })),
    { headers: () => ({}), secrets: () => [] },
    clock,
  );
  closing.push(() => nodes.close());
  return nodes;
}

const ask = (nodes: Nodes, deadline = never) => nodes.ask({ method: "GET", path: "/" }, deadline);
const requests = (receivers: readonly ElasticsearchReceiver[]) => receivers.map((each) => each.requests());

describe("several nodes", () => {
  it("are asked by turns", async () => {
    const all = await three();
    const nodes = nodesOf(all);
    for (let round = 0; round < 9; round++) expect(await ask(nodes)).toMatchObject({ status: 200 });
    expect(requests(all)).toEqual([3, 3, 3]);
  });

  it.each(["reset", "busy"] as const)("take over from one that fails (%s), which rests", async (how) => {
    const all = await three();
    const clock = new ManualClock(0);
    const nodes = nodesOf(all, clock);
    all[0]?.behave(how);
    for (let round = 0; round < 8; round++) expect(await ask(nodes)).toMatchObject({ status: 200 });
    const [tried = 0, second = 0, third = 0] = requests(all);
    expect(tried).toBeLessThanOrEqual(1);
    expect([second + third, Math.abs(second - third) <= 2]).toEqual([8, true]);
    all[0]?.behave("accept");
    clock.advance(1_000);
    for (let round = 0; round < 3; round++) await ask(nodes);
    expect(requests(all)[0]).toBe(tried + 1);
  });

  it("are given longer rests the longer they fail", async () => {
    const all = await three();
    const clock = new ManualClock(0);
    const nodes = nodesOf(all, clock);
    all[0]?.behave("busy");
    let seconds = 0;
    for (const wanted of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const before = requests(all)[0] as number;
      while (requests(all)[0] === before) {
        for (let round = 0; round < 3; round++) await ask(nodes);
        clock.advance(1_000);
        seconds++;
      }
      expect(seconds).toBeLessThanOrEqual(wanted + 1);
      seconds = 0;
    }
  });

  it("fail together only, with the words of each", async () => {
    const all = await three();
    const nodes = nodesOf(all);
    for (const one of all) await one.close();
    const result = await ask(nodes);
    expect(result).toMatchObject({ status: "retry", reason: "connect" });
    for (const { url } of all) expect((result as { detail: string }).detail).toContain(new URL(url).host);
  });

  it("do not hide a refusal: 401, 403 and 429 are the cluster's word", async () => {
    const all = await three();
    const nodes = nodesOf(all);
    for (const how of ["unauthorized", "forbidden", "throttle"] as const) {
      for (const one of all) one.behave(how);
      const before = requests(all).reduce((sum, each) => sum + each);
      await ask(nodes);
      expect(requests(all).reduce((sum, each) => sum + each)).toBe(before + 1);
    }
  });

  it("are not asked when the time is over, and the one that hung comes last the next time", async () => {
    const all = await three();
    const nodes = nodesOf(all);
    all[0]?.behave("hang");
    expect(await ask(nodes, AbortSignal.timeout(50))).toMatchObject({ status: "retry", reason: "timeout" });
    expect(await ask(nodes)).toMatchObject({ status: 200 });
    expect(requests(all)[0]).toBe(1);
  });

  it("deliver every event once while they go and come", async () => {
    const all = await three();
    const output = elasticOutput({ urls: all.map(({ url }) => url) });
    closing.push(() => output.close());
    for (let round = 0; round < 12; round++) {
      all[round % 3]?.behave(round % 2 === 0 ? "accept_then_cut" : "reset", { times: 1 });
      const batch = payloadsOf(output, sampleEvents(10, round * 10 + 1));
      expect(await output.send(batch, never)).toEqual({ status: "delivered", rejected: [] });
    }
    const taken = all[0]?.taken().map(({ id }) => id) ?? [];
    expect(taken).toHaveLength(120);
    expect(new Set(taken).size).toBe(120);
  });
});
