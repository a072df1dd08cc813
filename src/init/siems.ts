import {
  type Answers,
  filePath,
  hostAddress,
  hostsWithPorts,
  httpAddress,
  type InitQuestion,
  indexName,
  type SecretQuestion,
  word,
} from "./question.ts";

/** A place where a SIEM listens: what has to be known to send there. */
export interface Siem {
  /** As it is named on the command line. */
  readonly name: string;
  readonly title: string;
  readonly questions: readonly InitQuestion[];
  readonly secret?: SecretQuestion;
  /** The output of the configuration; `secret` refers to the secret, undefined where there is none. */
  readonly output: (answers: Answers, secret: string | undefined) => object;
  /** The file that it writes on this machine. */
  readonly writes?: (answers: Answers) => string;
  /** What to read, and to do there. */
  readonly page: string;
}

const target = (
  text: string,
  example: string,
  wrong: InitQuestion["wrong"],
  usual?: string,
): InitQuestion => ({
  ...{ name: "siem-address", text, example, wrong },
  ...(usual === undefined ? {} : { usual }),
});

const index = (usual: string): InitQuestion => ({
  ...{ name: "index", text: "Index that it is written to", example: usual, usual, wrong: indexName },
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
      {
        name: "user",
        text: "User for SCRAM-SHA-512",
        example: "wandb-audit",
        usual: "wandb-audit",
        wrong: word,
      },
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
    writes: ({ "siem-address": path = "" }) => path,
    page: "src/output/file/README.md",
  },
];
