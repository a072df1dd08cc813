import { afterAll, beforeAll, describe, it } from "vitest";
import { sampleEvents } from "../contract/sample-event.ts";
import { payloadsOf } from "../fake/payloads.ts";
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
const stream = "logs-wandb.audit-default";

for (const name of searchServers)
  describe.skipIf(!searchServerIsHere(name))(`a real ${name} (${whyNoSearchServer(name)})`, () => {
    let server: RunningSearchServer;
    beforeAll(async () => {
      if (searchServerIsHere(name)) server = await startSearchServer(name);
    }, 120_000);
    afterAll(() => server?.close());

    it("try", async () => {
      const output = elasticOutput({ urls: [server.url], manage_template: true });
      console.log(await output.probe(patience()));
      console.log(await output.setup?.(patience()));
      console.log(await output.setup?.(patience()));
      console.log(await output.send(payloadsOf(output, sampleEvents(5)), patience()));
      console.log(await output.send(payloadsOf(output, sampleEvents(7)), patience()));
      console.log(await output.probe(patience()));
      for (const row of hostile) {
        const result = await output.send(payloadsOf(output, [eventOf(row.line)]), patience());
        if (result.status !== "delivered" || result.rejected.length > 0)
          console.log(row.id, row.line.toString().slice(0, 200), JSON.stringify(result));
      }
      console.log((await server.documents(stream)).length, hostile.length);
      await output.close();
    });
  });
