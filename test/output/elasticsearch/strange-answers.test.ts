import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { sampleEvents } from "../../contract/sample-event.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { elasticOutput } from "./subject.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
const never = new AbortController().signal;
const stream = '{"data_streams":[{"name":"logs-wandb.audit-default"}]}';
const stored = '{"items":[{"create":{"status":201}},{"create":{"status":201}}]}';
const nothingYet = '{"indices":[],"data_streams":[]}';

/** What an output makes of a node that says one strange thing, and else what is right. */
async function sent(strange: Readonly<Record<string, string>>, config: object = {}, again = false) {
  const right = { "/_resolve": stream, "/_bulk": stored, "/": '{"version":{"number":"9.0.0"}}', ...strange };
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const path = Object.keys(right)
        .sort((a, b) => b.length - a.length)
        .find((part) => request.url?.includes(part));
      response.setHeader("x-elastic-product", "Elasticsearch");
      response.setHeader("content-type", "application/json");
      response.end(right[path as keyof typeof right]);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const { port } = server.address() as { port: number };
  const output = elasticOutput({ urls: [`http://127.0.0.1:${port}`], ...config });
  closing.push(() => output.close());
  const events = sampleEvents(2).map((event) =>
    again ? Object.assign({ ...event }, { replayId: "20260801120000" }) : event,
  );
  return output.send(payloadsOf(output, events), never);
}

const shapes = ["null", "7", '"x"', "{}", "[null]", "[7]", "[[]]", '[{"name":{}}]'];

describe("what no cluster says ends nothing", () => {
  it.each(shapes)("of names: %s", async (shape) => {
    for (const text of [`{"data_streams":${shape},"indices":[]}`, `{"data_streams":[],"indices":${shape}}`])
      expect((await sent({ "/_resolve": text, _index_template: "{}" })).status).toBe("retry");
  });

  it.each([...shapes, '[{"index_template":null}]', '[{"index_template":{"index_patterns":[null,1]}}]'])(
    "of templates: %s",
    async (shape) => {
      const text = `{"index_templates":${shape}}`;
      expect((await sent({ "/_resolve": nothingYet, _index_template: text })).status).toBe("retry");
      const managed = await sent(
        { _index_template: text, _component_template: "{}" },
        { manage_template: true },
      );
      expect(managed.status).toBe("delivered");
    },
  );

  it.each(shapes.filter((shape) => !shape.startsWith("[")))("of what is there: %s", async (shape) => {
    for (const hits of [shape, `{"hits":${shape}}`]) {
      const result = await sent({ _search: `{"timed_out":false,"hits":${hits}}` }, {}, true);
      expect(["retry", "refused", "delivered"]).toContain(result.status);
    }
    // A replay ends where nobody can tell what is there.
    expect(await sent({ _search: '{"timed_out":false,"hits":{"hits":7}}' }, {}, true)).toMatchObject({
      status: "refused",
      detail: expect.stringContaining("a replay looks up first what the data stream has, and cannot"),
    });
  });
});
