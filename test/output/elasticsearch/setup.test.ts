import { afterEach, describe, expect, it } from "vitest";
import type { Output } from "../../../src/output/output.ts";
import {
  type ElasticsearchReceiver,
  type ElasticsearchReceiverOptions,
  startElasticsearchReceiver,
} from "../../../src/simulate/elasticsearch-receiver.ts";
import { elasticOutput, kind } from "./subject.ts";

const never = new AbortController().signal;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function pair(options: ElasticsearchReceiverOptions = {}, written: object = {}) {
  const receiver = await startElasticsearchReceiver(options);
  const output = elasticOutput({ urls: [receiver.url], ...written });
  closing.push(
    () => receiver.close(),
    () => output.close(),
  );
  return { receiver, output };
}

const setUp = async (output: Output) => (await output.setup?.(never)) ?? [];
const installed = ({ cluster }: ElasticsearchReceiver) => Object.fromEntries(cluster.installed);
const puts = (receiver: ElasticsearchReceiver) => receiver.asked().filter((asked) => asked.startsWith("PUT"));
const lifecycle = { rollover_age: "7d", rollover_bytes: "10GB", delete_after: "400d" };

describe("setup", () => {
  it("installs templates, in an order in which each part is there when it is named", async () => {
    const { receiver, output } = await pair();
    expect((await setUp(output)).map(({ level }) => level)).toEqual(["ok", "ok", "ok"]);
    expect(puts(receiver)).toEqual([
      "PUT /_component_template/logs-wandb.audit@mappings",
      "PUT /_component_template/logs-wandb.audit@settings",
      "PUT /_index_template/logs-wandb.audit",
    ]);
    expect(installed(receiver)["/_index_template/logs-wandb.audit"]).toMatchObject({
      index_patterns: ["logs-wandb.audit-*"],
      data_stream: {},
      priority: 250,
      composed_of: ["logs-wandb.audit@mappings", "logs-wandb.audit@settings", "logs-wandb.audit@custom"],
      ignore_missing_component_templates: ["logs-wandb.audit@custom"],
    });
  });

  it("names fields by what the product calls them", async () => {
    for (const [product, type] of [
      ["elasticsearch", "flattened"],
      ["opensearch", "flat_object"],
    ] as const) {
      const { receiver, output } = await pair({ product });
      await setUp(output);
      const mappings = installed(receiver)["/_component_template/logs-wandb.audit@mappings"];
      expect(JSON.stringify(mappings)).toContain(`"unmapped":{"type":"${type}"`);
    }
  });

  it("does nothing where the same is there, and leaves what a newer version has installed", async () => {
    const { receiver, output } = await pair();
    await setUp(output);
    expect(await setUp(output)).toEqual([
      { level: "ok", text: "index template logs-wandb.audit is there already" },
    ]);
    receiver.cluster.installed.set("/_index_template/logs-wandb.audit", { version: 99 });
    expect((await setUp(output))[0]?.text).toContain("newer version");
    expect(puts(receiver)).toHaveLength(3);
  });

  it("replaces an older or a changed one", async () => {
    const { receiver, output } = await pair();
    receiver.cluster.installed.set("/_index_template/logs-wandb.audit", { version: 0 });
    await setUp(output);
    expect(puts(receiver)).toHaveLength(3);
  });

  it("brings a policy for ILM, and settings that name it", async () => {
    const { receiver, output } = await pair({}, { lifecycle });
    await setUp(output);
    expect(puts(receiver)[0]).toBe("PUT /_ilm/policy/wandb-audit");
    expect(installed(receiver)["/_ilm/policy/wandb-audit"]).toMatchObject({
      policy: {
        phases: {
          hot: { actions: { rollover: { max_age: "7d", max_primary_shard_size: "10000000000b" } } },
          delete: { min_age: "400d", actions: { delete: {} } },
        },
      },
    });
    expect(installed(receiver)["/_component_template/logs-wandb.audit@settings"]).toMatchObject({
      template: { settings: { index: { lifecycle: { name: "wandb-audit" } } } },
    });
  });

  it("brings a policy for ISM, which finds the stream by its name, and replaces it as one must", async () => {
    const { receiver, output } = await pair({ product: "opensearch" }, { lifecycle });
    for (let round = 0; round < 2; round++)
      expect((await setUp(output)).map(({ level }) => level)).toEqual(["ok", "ok", "ok", "ok"]);
    expect(installed(receiver)["/_plugins/_ism/policies/wandb-audit"]).toMatchObject({
      policy: {
        default_state: "hot",
        states: [
          {
            name: "hot",
            actions: [{ rollover: { min_index_age: "7d" } }],
            transitions: [{ state_name: "delete", conditions: { min_rollover_age: "400d" } }],
          },
          { name: "delete" },
        ],
        ism_template: [{ index_patterns: ["logs-wandb.audit-*"] }],
      },
    });
  });

  it("deletes nothing where nobody said when", async () => {
    for (const product of ["elasticsearch", "opensearch"] as const) {
      const { receiver, output } = await pair({ product }, { lifecycle: {} });
      await setUp(output);
      const policy = Object.entries(installed(receiver)).find(([path]) => path.includes("wandb-audit"));
      expect(JSON.stringify(policy)).not.toContain("delete");
    }
  });

  it("says to leave policies out where the server has none", async () => {
    for (const product of ["elasticsearch", "opensearch"] as const) {
      const { receiver, output } = await pair({ product, withoutPolicies: true }, { lifecycle });
      expect(await setUp(output)).toEqual([
        expect.objectContaining({ level: "problem", fix: expect.stringContaining("remove `lifecycle`") }),
      ]);
      expect(installed(receiver)).not.toHaveProperty("/_index_template/logs-wandb.audit");
    }
  });

  it("says which privilege is missing", async () => {
    const { output } = await pair({ lacks: ["manage_index_templates"] });
    const [finding] = await setUp(output);
    expect(finding).toMatchObject({
      level: "problem",
      fix: expect.stringContaining("manage_index_templates"),
    });
  });

  it("says what answers where it is no cluster", async () => {
    const { receiver, output } = await pair();
    for (const how of ["html", "hang", "reset", "unauthorized"] as const) {
      receiver.behave(how, { times: 1 });
      const findings = await output.setup?.(AbortSignal.timeout(200));
      expect(findings).toEqual([expect.objectContaining({ level: "problem" })]);
      expect(findings?.[0]?.fix).toMatch(/\S/);
    }
  });

  it("is shown as requests that a person can make", () => {
    const text = kind.schema
      .parse({ name: "elastic", type: "elasticsearch", urls: ["https://es.example"], lifecycle })
      .setupText();
    expect(text?.match(/^(PUT|#) \S+/gm)).toEqual([
      "# Elasticsearch",
      "PUT _ilm/policy/wandb-audit",
      "PUT _component_template/logs-wandb.audit@mappings",
      "PUT _component_template/logs-wandb.audit@settings",
      "PUT _index_template/logs-wandb.audit",
      "# OpenSearch",
      "PUT _plugins/_ism/policies/wandb-audit",
      "PUT _component_template/logs-wandb.audit@mappings",
      "PUT _component_template/logs-wandb.audit@settings",
      "PUT _index_template/logs-wandb.audit",
    ]);
  });
});
