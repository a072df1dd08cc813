import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sampleEvents } from "../contract/sample-event.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { elasticOutput } from "../output/elasticsearch/subject.ts";
import { searchServerIsHere, startSearchServer, whyNoSearchServer } from "./search-servers.ts";

const page = readFileSync(new URL("../../docs/elastic.md", import.meta.url), "utf8");
const requests = [...page.matchAll(/^(PUT|POST) (\S+)\n(\{.*\})?/gm)].map(
  ([, method = "", path = "", body]) => ({
    ...{ method, path },
    body: body === undefined ? undefined : (JSON.parse(body) as object),
  }),
);

/** The Elasticsearch that is built here has no processors; OpenSearch has the same ones, and no place for a template of one's own. */
it.skipIf(!searchServerIsHere("opensearch"))(
  `the pipeline of the page for Elastic gives each event its time of arrival, in OpenSearch (${whyNoSearchServer("opensearch")})`,
  { timeout: 120_000 },
  async () => {
    const server = await startSearchServer("opensearch");
    const output = elasticOutput({ urls: [server.url], namespace: "default", manage_template: true });
    const send = (count: number) =>
      output.send(payloadsOf(output, sampleEvents(count)), AbortSignal.timeout(20_000));
    try {
      expect(await send(1)).toMatchObject({ status: "delivered", rejected: [] });
      expect(requests.map(({ method }) => method)).toEqual(["PUT", "PUT", "POST"]);
      const [pipeline, component] = requests.map(({ body }) => body);
      const ask = async (path: string, body: object | undefined) =>
        expect([path, (await server.ask("PUT", path, body)).status]).toEqual([path, 200]);
      await ask(`/${requests[0]?.path}`, pipeline);
      const { settings } = (component as { template: { settings: object } }).template;
      await ask("/logs-wandb.audit-default/_settings", settings);
      const before = Date.now();
      expect(await send(4)).toMatchObject({ status: "delivered", rejected: [] });
      const documents = await server.documents("logs-wandb.audit-default");
      const arrived = documents.flatMap(({ source: { event } }) => event.ingested ?? []);
      expect(arrived).toHaveLength(3);
      for (const at of arrived) expect(Math.abs(Date.parse(at) - before)).toBeLessThan(60_000);
      const { json } = await server.ask("GET", "/logs-wandb.audit-default/_field_caps?fields=event.ingested");
      expect(Object.keys(json.fields["event.ingested"])).toEqual(["date"]);
    } finally {
      await output.close();
      await server.close();
    }
  },
);
