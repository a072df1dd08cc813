import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/event/event.ts";
import { pseudonymOf } from "../../src/event/pseudonym.ts";
import { redactor } from "../../src/event/redact.ts";
import type { Finding } from "../../src/finding.ts";
import type { Output } from "../../src/output/output.ts";
import { Secret } from "../../src/secret/secret.ts";
import { sampleEvent, sampleEvents } from "../contract/sample-event.ts";
import { encoded, payloadsOf } from "../fake/payloads.ts";
import { origin } from "../format/arbitrary-event.ts";
import { elasticOutput } from "../output/elasticsearch/subject.ts";
import { eventOf } from "../security/event-of.ts";
import { hostile } from "../security/hostile.ts";
import {
  type RunningSearchServer,
  searchServerIsHere,
  searchServers,
  startSearchServer,
  whyNoSearchServer,
} from "./search-servers.ts";

const patience = () => AbortSignal.timeout(20_000);
const streamOf = (namespace: string) => `logs-wandb.audit-${namespace}`;
const cases = join(import.meta.dirname, "../cases");
const again = (events: readonly AuditEvent[]) =>
  events.map((event) => Object.assign({ ...event }, { replayId: "20260801120000" }));
const opened: Output[] = [];
afterEach(async () => {
  for (const output of opened.splice(0)) await output.close();
});

function outputTo(server: RunningSearchServer, namespace: string, written: object = {}): Output {
  const output = elasticOutput({ urls: [server.url], namespace, manage_template: true, ...written });
  opened.push(output);
  return output;
}

const send = (output: Output, events: readonly AuditEvent[]) =>
  output.send(payloadsOf(output, events), patience());
const delivered = { status: "delivered", rejected: [] };
const lastLine = (output: Output, event: AuditEvent) =>
  JSON.parse(encoded(output, event).toString().trim().split("\n").at(-1) ?? "");
const problems = (findings: readonly Finding[]) => findings.filter(({ level }) => level === "problem");

for (const name of searchServers)
  describe.skipIf(!searchServerIsHere(name))(`a real ${name} (${whyNoSearchServer(name)})`, () => {
    let server: RunningSearchServer;
    beforeAll(async () => {
      if (searchServerIsHere(name)) server = await startSearchServer(name, ["http.max_content_length=1mb"]);
    }, 120_000);
    afterAll(() => server?.close());

    it("holds where the name is an index, or would become one", async () => {
      const would = await send(outputTo(server, "bare", { manage_template: false }), sampleEvents(1));
      expect(would).toMatchObject({ status: "retry", hold: true, reason: "wrong_destination" });
      expect((would as { fix: string }).fix).toContain("setup");
      expect((await server.ask("GET", `/${streamOf("bare")}`)).status).toBe(404);
      await server.ask("PUT", `/${streamOf("index")}`);
      const is = await send(outputTo(server, "index"), sampleEvents(1));
      expect(is).toMatchObject({ status: "retry", hold: true, reason: "wrong_destination" });
      expect((is as { detail: string }).detail).toContain("is an index");
    });

    it("stores every golden document once, with no mapping error and as it was sent", async () => {
      const output = outputTo(server, "golden");
      const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };
      const wanted = new Map<string, unknown>();
      for (const folder of readdirSync(cases)) {
        const input = readFileSync(join(cases, folder, "input.json"));
        const line = input.at(-1) === 0x0a ? input.subarray(0, -1) : input;
        const event = eventOf(line, { origin, observed });
        const document = lastLine(output, event);
        const golden = JSON.parse(readFileSync(join(cases, folder, "ecs.json"), "utf8"));
        expect({ folder, ...document, data_stream: golden.data_stream }).toEqual({ folder, ...golden });
        // What has the same identity is the same event to a store.
        if (!wanted.has(event.uid)) wanted.set(event.uid, document);
        expect({ folder, ...(await send(output, [event])) }).toEqual({ folder, ...delivered });
      }
      const stored = await server.documents(streamOf("golden"));
      expect(stored.map(({ id }) => id).sort()).toEqual([...wanted.keys()].sort());
      for (const { id, source } of stored) expect(source).toEqual(wanted.get(id));
      const { json } = await server.ask("GET", `/${streamOf("golden")}/_mapping`);
      const { mappings } = Object.values(json)[0] as { mappings: { properties: Record<string, object> } };
      expect(mappings.properties.source).toMatchObject({ properties: { ip: { type: "ip" } } });
    });

    it("stores what is hostile, but for what it cannot index, which is a dead letter", async () => {
      const output = outputTo(server, "hostile");
      const refused: string[] = [];
      const uids = new Set<string>();
      for (const { id, line } of hostile) {
        const event = eventOf(line);
        const result = await send(output, [event]);
        expect(result.status).toBe("delivered");
        if (result.status === "delivered" && result.rejected.length > 0) refused.push(id);
        else uids.add(event.uid);
      }
      expect(refused).toEqual(name === "elasticsearch" ? ["SEC-NUL", "SEC-LONG"] : ["SEC-LONG"]);
      expect(new Set((await server.documents(streamOf("hostile"))).map(({ id }) => id))).toEqual(uids);
    });

    it("answers 201 and then 409, and has each event once in a data stream", async () => {
      const output = outputTo(server, "twice");
      expect(await send(output, sampleEvents(300))).toEqual(delivered);
      expect(await send(outputTo(server, "twice"), sampleEvents(500))).toEqual(delivered);
      const stored = await server.documents(streamOf("twice"));
      expect(stored).toHaveLength(500);
      expect(stored[0]?.index).toMatch(/^\.ds-/);
      expect(problems(await output.probe(patience()))).toEqual([]);
    });

    it("stores again after a rollover what is merely sent again, and nothing that a replay sends", async () => {
      const output = outputTo(server, "rollover");
      await send(output, sampleEvents(5));
      await server.ask("POST", `/${streamOf("rollover")}/_rollover`);
      // A search finds what the last refresh has shown, a second ago at most.
      await server.ask("POST", `/${streamOf("rollover")}/_refresh`);
      expect(await send(output, again(sampleEvents(8)))).toEqual(delivered);
      expect(await server.documents(streamOf("rollover"))).toHaveLength(8);
      expect(await send(output, sampleEvents(8))).toEqual(delivered);
      const stored = await server.documents(streamOf("rollover"));
      // Five of these are in the first backing index.
      expect(stored).toHaveLength(13);
      expect(new Set(stored.map(({ index }) => index)).size).toBe(2);
    });

    it("names the document that does not fit its fields, and stores its neighbours", async () => {
      await server.ask("PUT", "/_index_template/narrow", {
        index_patterns: [streamOf("narrow")],
        data_stream: {},
        priority: 900,
        template: {
          mappings: {
            properties: {
              wandb: { properties: { audit: { properties: { project_name: { type: "long" } } } } },
            },
          },
        },
      });
      const output = outputTo(server, "narrow", { manage_template: false });
      const events = [sampleEvent(1, "7"), sampleEvent(2, "a project"), sampleEvent(3, "8")];
      expect(await send(output, events)).toEqual({
        status: "delivered",
        rejected: [
          { index: 1, reason: "bad_event", detail: expect.stringMatching(/^HTTP 400: .*project_name/) },
        ],
      });
      expect((await server.documents(streamOf("narrow"))).map(({ id }) => id)).toHaveLength(2);
    });

    it("wants a smaller request (413), and takes that", async () => {
      const output = outputTo(server, "large");
      const events = sampleEvents(1_000);
      expect(await send(output, events)).toMatchObject({ status: "refused", reason: "too_large" });
      expect(await send(output, events.slice(0, 400))).toEqual(delivered);
    });

    it("holds while the index takes no documents (403 for each), says why, and goes on", async () => {
      const output = outputTo(server, "blocked");
      const stream = streamOf("blocked");
      await send(output, sampleEvents(1));
      await server.ask("PUT", `/${stream}/_settings`, { "index.blocks.write": true });
      const result = await send(output, sampleEvents(3));
      expect(result).toMatchObject({ status: "retry", hold: true, reason: "forbidden" });
      expect((result as { fix: string }).fix).toContain("index.blocks");
      expect(problems(await output.probe(patience()))).toMatchObject([
        { text: expect.stringContaining("index.blocks.write") },
      ]);
      await server.ask("PUT", `/${stream}/_settings`, { "index.blocks.write": null });
      expect(await send(output, sampleEvents(3))).toEqual(delivered);
      expect(await server.documents(stream)).toHaveLength(3);
    });

    it("makes the table of old and new pseudonyms as docs/pseudonyms.md says", async () => {
      const page = readFileSync(join(import.meta.dirname, "../../docs/pseudonyms.md"), "utf8");
      const [, written = ""] = /```\nPOST \S+\n(\{.*?\n\})\n```/s.exec(page) ?? [];
      const keys = [
        { id: "k2", key: new Secret("new"), until: undefined },
        { id: "k1", key: new Secret("old"), until: 4_102_444_800 },
      ];
      const redact = redactor({ drop: [], pseudonymize: ["actor_email"], keys });
      const people = ["ada@acme.example", "bob@acme.example", "eve@acme.example"];
      const events = [...people, ...people].map((actor_email, index) =>
        redact(
          eventOf(
            Buffer.from(
              JSON.stringify({ timestamp: `2026-08-01T12:00:0${index}Z`, action: "user:read", actor_email }),
            ),
            { origin, observed: { seconds: 1_785_592_800, nanos: 0 } },
          ),
        ),
      );
      expect(await send(outputTo(server, "pseudonyms"), events)).toEqual(delivered);
      await server.ask("POST", `/${streamOf("pseudonyms")}/_refresh`);
      const answer = await server.ask("POST", `/${streamOf("pseudonyms")}/_search`, JSON.parse(written));
      const pairs = answer.json.aggregations.new.buckets.map(
        // biome-ignore lint/suspicious/noExplicitAny: what a server answers
        ({ key, old }: any) => [old.hits.hits[0]._source.wandb.audit.unmapped.pseudonyms.actor_email[0], key],
      );
      const [young, former] = keys.map((key) => (text: string) => pseudonymOf(text, key));
      expect(pairs.sort()).toEqual(people.map((each) => [former?.(each), young?.(each)]).sort());
    });

    it("installs its templates once, and says who answers", async () => {
      const output = outputTo(server, "setup", { manage_template: false });
      expect(problems((await output.setup?.(patience())) ?? [])).toEqual([]);
      expect(await output.setup?.(patience())).toEqual([
        { level: "ok", text: "index template logs-wandb.audit is there already" },
      ]);
      const findings = await output.probe(patience());
      expect(problems(findings)).toEqual([]);
      const product = name === "opensearch" ? "OpenSearch 2.19" : "Elasticsearch answers";
      expect(findings[0]?.text).toContain(product);
      expect(findings.map(({ text }) => text).join("\n")).toContain("the first event makes it");
    });

    it("says of settings that cost events, before there is a stream and when there is one", async () => {
      const series = name === "elasticsearch";
      await server.ask("PUT", "/_index_template/settings", {
        index_patterns: [streamOf("settings")],
        data_stream: {},
        priority: 900,
        template: { settings: { "index.translog.durability": "async" } },
      });
      const output = outputTo(server, "settings", { manage_template: false });
      const warned = async () =>
        (await output.probe(patience())).filter(({ text }) =>
          text.includes("index.translog.durability: async"),
        );
      expect(await warned()).toHaveLength(1);
      await send(output, sampleEvents(1));
      expect(await warned()).toHaveLength(1);
      if (!series) return;
      await server.ask("PUT", "/_index_template/series", {
        index_patterns: [streamOf("series")],
        data_stream: {},
        priority: 901,
        template: {
          settings: { "index.mode": "time_series", "index.routing_path": ["event.id"] },
          mappings: {
            properties: { event: { properties: { id: { type: "keyword", time_series_dimension: true } } } },
          },
        },
      });
      const timed = outputTo(server, "series", { manage_template: false });
      expect(problems(await timed.probe(patience()))).toMatchObject([
        { text: expect.stringContaining("time series") },
      ]);
    });

    it("takes no more than it can hold (429 for the whole request), and passes by itself", async () => {
      const small = await startSearchServer(name, ["indexing_pressure.memory.limit=20kb"]);
      try {
        const output = outputTo(small, "small");
        const result = await send(output, sampleEvents(200));
        expect(result).toMatchObject({ status: "retry", reason: "rate_limited" });
        expect(result).not.toHaveProperty("hold");
        expect(await send(output, sampleEvents(2))).toEqual(delivered);
      } finally {
        await small.close();
      }
    }, 120_000);

    it("loses and doubles nothing when it is killed while events flow", async () => {
      const output = outputTo(server, "killed");
      const deadline = AbortSignal.timeout(150_000);
      let kills = 0;
      const killing = (async () => {
        for (; kills < 3; kills++) {
          await new Promise((resolve) => setTimeout(resolve, 400 + kills * 137));
          await server.kill();
          await server.start();
        }
      })();
      let [batches, failed] = [0, 0];
      for (; kills < 3 || batches < 20; batches++) {
        const batch = payloadsOf(output, sampleEvents(100, batches * 100 + 1));
        while ((await output.send(batch, deadline)).status !== "delivered") {
          deadline.throwIfAborted();
          failed++;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
      await killing;
      expect(failed).toBeGreaterThan(0);
      const ids = (await server.documents(streamOf("killed"))).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toHaveLength(batches * 100);
    }, 180_000);
  });
