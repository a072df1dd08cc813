import { afterEach, describe, expect, it } from "vitest";
import type { Finding } from "../../../src/finding.ts";
import {
  type ElasticsearchReceiver,
  type ElasticsearchReceiverOptions,
  startElasticsearchReceiver,
} from "../../../src/simulate/elasticsearch-receiver.ts";
import { startHttpReceiver } from "../../../src/simulate/http-receiver.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { elasticOutput } from "./subject.ts";

const never = new AbortController().signal;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function started(options: ElasticsearchReceiverOptions = {}): Promise<ElasticsearchReceiver> {
  const receiver = await startElasticsearchReceiver(options);
  closing.push(() => receiver.close());
  return receiver;
}

async function checked(urls: readonly string[], written: object = {}): Promise<readonly Finding[]> {
  const output = elasticOutput({ urls, ...written });
  closing.push(() => output.close());
  return output.probe(never);
}

const bad = (findings: readonly Finding[]) => findings.filter(({ level }) => level === "problem");
const texts = (findings: readonly Finding[]) => findings.map(({ text }) => text).join("\n");

describe("check", () => {
  it("says who answers, what the credential may do, and what the name is; and writes nothing", async () => {
    const receiver = await started();
    const output = elasticOutput({ urls: [receiver.url] });
    closing.push(() => output.close());
    await output.setup?.(never);
    const before = await output.probe(never);
    expect(before.map(({ level }) => level)).toEqual(["ok", "ok", "ok"]);
    expect(before[0]?.text).toMatch(/Elasticsearch 8\.19\.0 answers, cluster stand-in/);
    expect(before[2]?.text).toContain("the first event makes it (template logs-wandb.audit)");
    expect(receiver.count()).toBe(0);
    await output.send(payloadsOf(output, sampleEvents(1)), never);
    expect(texts(await output.probe(never))).toContain("data stream logs-wandb.audit-default is there");
  });

  it("asks every node, and names those that fail", async () => {
    const receiver = await started();
    const other = await started({ cluster: receiver.cluster });
    const failing = async () => bad(await checked([receiver.url, other.url]));
    const named = expect.objectContaining({ text: expect.stringContaining(new URL(other.url).host) });
    for (const how of ["html", "unauthorized", "not_found"] as const) {
      other.behave(how);
      expect(await failing()).toEqual([named]);
    }
    await other.close();
    expect(await failing()).toEqual([named]);
  });

  it.each([
    ["create_doc", "problem", "events cannot be written"],
    ["auto_configure", "problem", "cannot be made"],
    ["read", "warning", "replay"],
    ["view_index_metadata", "warning", "looked at"],
  ])("names the privilege that is missing: %s", async (name, level, what) => {
    const receiver = await started({ lacks: [name] });
    const finding = (await checked([receiver.url])).find(({ text }) => text.includes(`privilege ${name}:`));
    expect(finding).toMatchObject({ level, fix: expect.stringContaining("logs-wandb.audit-default") });
    expect(finding?.text).toContain(what);
  });

  it("asks for the privileges of what it is to install", async () => {
    const receiver = await started({ lacks: ["manage_index_templates", "manage_ilm"] });
    expect(bad(await checked([receiver.url]))).toEqual([]);
    const findings = await checked([receiver.url], { manage_template: true, lifecycle: {} });
    expect(texts(bad(findings))).toMatch(/manage_index_templates.*\n.*manage_ilm/);
  });

  it("leaves open what OpenSearch does not say", async () => {
    const receiver = await started({ product: "opensearch" });
    const findings = await checked([receiver.url]);
    expect(bad(findings)).toEqual([]);
    expect(findings.find(({ open }) => open === true)?.text).toContain("--send-test-event");
  });

  it("names setup where nothing makes the name a data stream", async () => {
    const receiver = await started({ product: "opensearch", bare: true });
    expect(bad(await checked([receiver.url]))).toEqual([
      expect.objectContaining({ fix: expect.stringContaining("setup") }),
    ]);
    expect(bad(await checked([receiver.url], { manage_template: true }))).toEqual([]);
  });

  it("names the template that will be there with manage_template, not another one that is there now", async () => {
    const receiver = await started();
    expect(texts(await checked([receiver.url], { manage_template: true }))).toContain(
      "the first event makes it (template logs-wandb.audit, which manage_template installs first)",
    );
  });

  it("warns of a template that is missing or older", async () => {
    const receiver = await started();
    const missing = (await checked([receiver.url])).find(({ level }) => level === "warning");
    expect(missing).toMatchObject({ text: expect.stringContaining("is not installed") });
    receiver.cluster.installed.set("/_index_template/logs-wandb.audit", {
      index_patterns: ["logs-wandb.audit-*"],
      data_stream: {},
      version: 0,
    });
    expect(texts(await checked([receiver.url]))).toContain("of an older version");
  });

  it("tells two clusters apart, and what is none", async () => {
    const receiver = await started();
    const kibana = await startHttpReceiver({
      accept: () => ({ status: 302, headers: { location: "/login" } }),
    });
    const logstash = await startHttpReceiver({
      accept: () => ({ status: 200, body: '{"host":"a","version":"8.19.0"}' }),
    });
    const another = await startHttpReceiver({
      accept: () => ({
        status: 200,
        headers: { "x-elastic-product": "Elasticsearch" },
        body: '{"cluster_name":"staging","cluster_uuid":"other","version":{"number":"8.1.0"}}',
      }),
    });
    closing.push(...[kibana, logstash, another].map((each) => () => each.close()));
    for (const one of [kibana, logstash])
      expect(bad(await checked([one.url]))[0]?.fix).toMatch(/Kibana|redirects|URL/);
    expect(bad(await checked([logstash.url]))[0]?.fix).toMatch(/Logstash at 9600/);
    expect(bad(await checked([receiver.url, another.url]))).toEqual([
      expect.objectContaining({ text: "the addresses lead to 2 clusters: stand-in, staging" }),
    ]);
  });

  it("takes a bad credential for the problem that it is", async () => {
    const receiver = await started({ authorization: "ApiKey cmlnaHQ6a2V5" });
    const [finding] = bad(await checked([receiver.url], { api_key: "wrong:key" }));
    expect(finding?.fix).toContain("`api_key`");
    expect(JSON.stringify(finding)).not.toContain("wrong:key");
  });
});
