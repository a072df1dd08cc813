import { dirname } from "node:path";
import type { Siem } from "./choices.ts";
import { endpoints } from "./endpoints.ts";
import {
  type Answers,
  filePath,
  hostAddress,
  hostsWithPorts,
  httpAddress,
  type InitQuestion,
  indexName,
  target,
  word,
} from "./question.ts";

const index = (usual: string): InitQuestion => ({
  ...{ name: "index", text: "Index that it is written to", example: usual, usual, wrong: indexName },
});

const user = (text: string): InitQuestion => ({
  ...{ name: "user", text, example: "wandb-audit", usual: "wandb-audit", wrong: word },
});

const syslog = hostAddress(["tls", "tcp", "relp+tls", "relp"]);

/** By CEF over syslog. */
function byCef(name: string, title: string, place: InitQuestion, page: string, more: object = {}): Siem {
  const output = ({ "siem-address": to }: Answers) => ({
    ...{ name, type: "syslog", address: to, format: "cef", ...more, heartbeat: "15m" },
  });
  return { name, title, questions: [place], output, page };
}

/** In the order in which they are offered. */
export const siems: readonly Siem[] = [
  {
    name: "splunk",
    title: "Splunk, by its HTTP Event Collector",
    questions: [
      target("URL of the HTTP Event Collector", "https://splunk.corp.example:8088", httpAddress),
      index("wandb_audit"),
    ],
    secret: { name: "hec-token", text: "HEC token that may write to that index" },
    output: ({ "siem-address": url, index: to }, token) => ({
      ...{ name: "splunk", type: "splunk_hec", url, token, index: to, heartbeat: "15m" },
    }),
    page: "docs/splunk.md",
  },
  {
    name: "elastic",
    title: "Elastic Security, or Elasticsearch",
    questions: [target("URL of Elasticsearch", "https://elastic.corp.example:9200", httpAddress)],
    secret: {
      name: "elastic-key",
      text: "API key that may write to the data stream logs-wandb.audit-default",
    },
    output: ({ "siem-address": url }, key) => ({
      ...{ name: "elastic", type: "elasticsearch", urls: [url], api_key: key, heartbeat: "15m" },
    }),
    page: "docs/elastic.md",
  },
  {
    name: "opensearch",
    title: "OpenSearch",
    questions: [
      target("URL of OpenSearch", "https://opensearch.corp.example:9200", httpAddress),
      user("Name of the user who may write to the data stream logs-wandb.audit-default"),
    ],
    secret: { name: "opensearch-password", text: "Password of that user" },
    output: ({ "siem-address": url, user: username }, password) => ({
      ...{ name: "opensearch", type: "elasticsearch", urls: [url], username, password, heartbeat: "15m" },
    }),
    page: "src/output/elasticsearch/README.md",
  },
  byCef(
    "sentinel",
    "Microsoft Sentinel, by the Azure Monitor Agent on this or another Linux machine",
    target("Where the agent's syslog listens", "tcp://127.0.0.1:514", syslog, "tcp://127.0.0.1:514"),
    "docs/sentinel.md",
    // What collection rules select.
    { facility: "local4" },
  ),
  byCef(
    "qradar",
    "IBM QRadar",
    target("Where its log source listens", "tls://qradar.corp.example:6514", syslog),
    "docs/qradar.md",
  ),
  byCef(
    "syslog",
    "ArcSight, or whatever else takes CEF by syslog",
    target("Where it listens", "tls://siem.corp.example:6514", syslog),
    "src/output/syslog/README.md",
  ),
  {
    name: "opentelemetry",
    title: "An OpenTelemetry Collector, or Grafana Loki",
    questions: [target("URL of its OTLP receiver", "https://otel.corp.example:4318", httpAddress)],
    secret: {
      name: "otlp-token",
      text: "Bearer token that it asks for (nothing: it asks for none)",
      optional: true,
    },
    output: ({ "siem-address": endpoint }, token) => ({
      ...{ name: "collector", type: "otlp", endpoint, heartbeat: "15m" },
      ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
    }),
    page: "src/output/otlp/README.md",
  },
  {
    name: "kafka",
    title: "A topic of Apache Kafka, over TLS",
    questions: [
      target("Brokers to begin with", "kafka-1.corp.example:9093,kafka-2.corp.example:9093", hostsWithPorts),
      { name: "topic", text: "Topic", example: "wandb-audit", usual: "wandb-audit", wrong: word },
      user("User for SCRAM-SHA-512"),
    ],
    secret: { name: "kafka-password", text: "Password of that user" },
    output: ({ "siem-address": brokers = "", topic, user }, password) => ({
      ...{ name: "kafka", type: "kafka", brokers: brokers.split(",").map((one) => one.trim()), topic },
      ...{ sasl: { mechanism: "SCRAM-SHA-512", username: user, password }, heartbeat: "15m" },
    }),
    page: "src/output/kafka/README.md",
  },
  {
    name: "file",
    title: "Files that an agent follows: Universal Forwarder, Filebeat, Wazuh",
    questions: [
      target("File to write", "/var/log/wandb/audit.ndjson", filePath, "/var/log/wandb/audit.ndjson"),
    ],
    output: ({ "siem-address": path }) => ({
      ...{ name: "lines", type: "file", path, format: "ecs", mode: "0640", heartbeat: "15m" },
      rotate: { max_bytes: "100MiB", keep: 14 },
    }),
    writes: ({ "siem-address": path = "" }) => dirname(path),
    page: "src/output/file/README.md",
  },
  ...endpoints,
  {
    name: "archive",
    title: "An archive for years in a directory, with a signed manifest a day",
    questions: [target("Its directory", "/srv/wandb-archive", filePath, "/srv/wandb-archive")],
    output: ({ "siem-address": directory }) => ({
      ...{ name: "archive", type: "archive", url: `file://${directory}`, attest: true },
    }),
    writes: ({ "siem-address": directory = "" }) => directory,
    page: "src/output/archive/README.md",
  },
  {
    name: "stdout",
    title: "Standard output, for a look and for pipes",
    questions: [],
    output: () => ({ name: "console", type: "stdout", format: "ecs" }),
    page: "src/output/stdout/README.md",
  },
];
