import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elasticPanels } from "../../bin/elastic/dashboard.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { otlpProtobuf } from "../../src/format/otlp-protobuf.ts";
import { protobufRequest } from "../../src/format/otlp-request.ts";
import { Writer } from "../../src/text/writer.ts";
import { type Bucket, dashboards, filledIn, type Target, targetsOf } from "../content/dashboards.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { agent } from "../format/arbitrary-event.ts";
import { elasticOutput } from "../output/elasticsearch/subject.ts";
import { dashboardEvents, wantedInKibana, wantedOf } from "./dashboard-events.ts";
import {
  type RunningSearchServer,
  searchServerIsHere,
  searchServers,
  startSearchServer,
  whyNoSearchServer,
} from "./search-servers.ts";

const events = dashboardEvents();
const wanted = (title: string): string[] | undefined => {
  const choose = wantedOf[title];
  return (
    choose &&
    events
      .filter(choose)
      .map(({ uid }) => uid)
      .sort()
  );
};

const promtool = spawnSync("promtool", ["--version"]).status === 0;

describe.skipIf(!promtool)("promtool (skipped where it is not installed)", () => {
  it("takes every query of the dashboard over the metrics, as a rule", () => {
    const folder = mkdtempSync(join(tmpdir(), "queries-"));
    try {
      const rules = targetsOf("prometheus").map(({ expr = "" }, at) => ({
        record: `panel:query:${at}`,
        expr: filledIn(expr),
      }));
      const check = (list: readonly object[]) => {
        writeFileSync(join(folder, "queries.yml"), JSON.stringify({ groups: [{ name: "a", rules: list }] }));
        const { status, stdout, stderr } = spawnSync(
          "promtool",
          ["check", "rules", "--lint=none", join(folder, "queries.yml")],
          { encoding: "utf8" },
        );
        return { status, said: stdout + stderr };
      };
      expect(check(rules)).toMatchObject({
        status: 0,
        said: expect.stringContaining(`${rules.length} rules`),
      });
      expect(check([{ record: "panel:query:x", expr: "rate(up)" }]).status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const logql = join(process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real"), "logql/logql");

describe.skipIf(!existsSync(logql))(
  "Loki's own reader of OTLP and LogQL (skipped where `test/real/logql/build` has not been run)",
  () => {
    const groups = events.map((event) => {
      const into = new Writer();
      otlpProtobuf(true)(event, into);
      return { origin: event.origin, records: [Buffer.from(into.written())] };
    });
    const ask = (queries: readonly string[]) => {
      const input = JSON.stringify({
        request: Buffer.concat(protobufRequest(agent, groups)).toString("base64"),
        queries,
      });
      const { stdout, stderr, status } = spawnSync(logql, { input, encoding: "utf8", maxBuffer: 1e8 });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      return JSON.parse(stdout) as {
        labels: string[];
        metadata: string[];
        found: { error: string; uids: string[] }[];
      };
    };

    it("finds by every query the events that its panel speaks of", () => {
      const targets = targetsOf("loki");
      const { found, labels } = ask(targets.map(({ expr = "" }) => filledIn(expr)));
      expect(labels).toEqual(["service_instance_id", "service_name"]);
      let compared = 0;
      for (const [at, { title }] of targets.entries()) {
        const { error, uids } = found[at] ?? { error: "no answer", uids: [] };
        expect({ title, error }).toEqual({ title, error: "" });
        expect(uids.length, title).toBeGreaterThan(0);
        const expected = wanted(title);
        if (expected === undefined) continue;
        compared++;
        expect({ title, uids: uids.sort() }).toEqual({ title, uids: expected });
      }
      expect(compared).toBeGreaterThan(10);
    });

    it("refuses what is no query", () => {
      expect(ask(['{service_name="wandb"} | user_email=']).found[0]?.error).toContain("parse error");
    });
  },
);

for (const name of searchServers)
  describe.skipIf(!searchServerIsHere(name))(
    `the dashboard over a real ${name} (${whyNoSearchServer(name)})`,
    () => {
      let server: RunningSearchServer;
      beforeAll(async () => {
        if (!searchServerIsHere(name)) return;
        server = await startSearchServer(name);
        const output = elasticOutput({ urls: [server.url], namespace: "default", manage_template: true });
        const send = (batch: readonly AuditEvent[]) =>
          output.send(payloadsOf(output, batch), AbortSignal.timeout(20_000));
        for (const event of events)
          expect(await send([event])).toEqual({ status: "delivered", rejected: [] });
        await output.close();
        await server.ask("POST", "/logs-wandb.audit-default/_refresh");
      }, 120_000);
      afterAll(() => server?.close());

      /** As Grafana asks: each bucket inside of the one before. */
      async function search({ query = "", bucketAggs = [] }: Target) {
        const aggs = bucketAggs.reduceRight<object | undefined>((inner, { type, field, settings }) => {
          const { size, order, missing } = settings;
          const terms = {
            terms: { field, size: Number(size), order: { _count: order }, ...(missing && { missing }) },
          };
          const histogram = { date_histogram: { field, fixed_interval: "30d", min_doc_count: 1 } };
          return { b: { ...(type === "terms" ? terms : histogram), ...(inner && { aggs: inner }) } };
        }, undefined);
        const string = { query_string: { analyze_wildcard: true, query: filledIn(query, "*") } };
        return server.ask("POST", "/logs-wandb.audit-*/_search?allow_partial_search_results=false", {
          size: 500,
          query: { bool: { filter: [string] } },
          ...(aggs && { aggs }),
        });
      }

      it("finds by every query the events that its panel speaks of, and can count by its fields", async () => {
        let compared = 0;
        for (const target of targetsOf("elasticsearch")) {
          const { title } = target;
          const { status, json } = await search(target);
          expect({ title, status, failures: json._shards?.failures }).toEqual({ title, status: 200 });
          const uids = json.hits.hits.map(({ _id }: { _id: string }) => _id).sort();
          expect(uids.length, title).toBeGreaterThan(0);
          if ((target.bucketAggs ?? []).length > 0)
            expect(json.aggregations.b.buckets.length, title).toBeGreaterThan(0);
          const [first] = target.bucketAggs ?? [];
          if (first?.type === "terms" && !first.field.endsWith(".ip")) {
            const { buckets, sum_other_doc_count: others } = json.aggregations.b;
            const counted = buckets.map(({ doc_count: count }: { doc_count: number }) => count);
            expect([title, counted.reduce((sum: number, each: number) => sum + each, others)]).toEqual([
              title,
              uids.length,
            ]);
          }
          const expected = wanted(title);
          if (expected === undefined) continue;
          compared++;
          expect({ title, uids }).toEqual({ title, uids: expected });
        }
        expect(compared).toBeGreaterThan(10);
      });

      it("finds by the queries of Kibana's panels the events that they speak of", async () => {
        for (const { title, query } of elasticPanels) {
          const { status, json } = await search({ query } as Target);
          expect({ title, status }).toEqual({ title, status: 200 });
          const uids = json.hits.hits.map(({ _id }: { _id: string }) => _id).sort();
          expect(uids.length, title).toBeGreaterThan(0);
          const choose = wantedInKibana[title];
          if (choose === undefined) continue;
          const expected = events.filter(choose).map(({ uid }) => uid);
          expect({ title, uids }).toEqual({ title, uids: expected.sort() });
        }
      });

      it("has values for every variable", async () => {
        const dashboard = dashboards.find(({ file }) => file === "events-elasticsearch.json");
        const variables = dashboard?.templating.list.filter(({ type }) => type === "query") ?? [];
        expect(variables.map(({ name }) => name)).toEqual(["instance", "action"]);
        for (const { query } of variables) {
          const { field, query: within } = JSON.parse(query);
          const aggregation: Bucket = { type: "terms", field, settings: { size: "500", order: "desc" } };
          const { json } = await search({ query: within, bucketAggs: [aggregation] } as unknown as Target);
          expect(json.aggregations.b.buckets.length, field).toBeGreaterThan(0);
        }
      });

      it("refuses what is no query", async () => {
        expect((await search({ query: "event.action:(a" } as Target)).status).toBe(400);
      });
    },
  );
