import type { Siem } from "./choices.ts";
import { httpAddress, type InitQuestion, target, word } from "./question.ts";

const page = "src/output/http/README.md";
const importPath =
  /^\/v1[a-z0-9]*\/(projects\/[^/]+\/locations\/[^/]+\/instances\/[^/]+)\/logTypes\/\w+\/logs:import$/;

/** What the other services of an instance of Google SecOps have their names in. */
function instanceOf(url: string): string | undefined {
  return importPath.exec(new URL(url).pathname)?.[1];
}

const forwarder: InitQuestion = {
  name: "forwarder",
  text: "Id of the forwarder that it is counted under there",
  example: "00000000-0000-4000-8000-000000000002",
  wrong: word,
};

/** Who takes events over HTTP, in the order in which they are offered. */
export const endpoints: readonly Siem[] = [
  {
    name: "secops",
    title: "Google SecOps (Chronicle), by its import of raw logs",
    questions: [
      target(
        "URL of the import, with the log type",
        "https://eu-chronicle.googleapis.com/v1alpha/projects/acme/locations/eu/instances/00000000-0000-4000-8000-000000000000/logTypes/WANDB_AUDIT/logs:import",
        (answer) =>
          httpAddress(answer) ??
          (instanceOf(answer) === undefined ? "not …/instances/ID/logTypes/NAME/logs:import" : undefined),
      ),
      forwarder,
    ],
    secret: {
      ...{ name: "secops-key.json", text: "JSON file with the key of a service account that may import" },
      isFile: true,
    },
    output: ({ "siem-address": url = "", forwarder: id }, file) => ({
      ...{ name: "secops", type: "http", url },
      auth: {
        ...{ type: "google_service_account", key_file: file },
        scope: "https://www.googleapis.com/auth/cloud-platform",
      },
      ...{ body: "json_array", format: "raw" },
      event: { data: "<base64>", logEntryTime: "<time>", labels: { uid: { value: "<uid>" } } },
      envelope: { inlineSource: { logs: "<events>", forwarder: `${instanceOf(url)}/forwarders/${id}` } },
      batch: { max_events: 500, max_bytes: "900KB" },
      heartbeat: "15m",
    }),
    page: "docs/chronicle.md",
  },
  {
    name: "datadog",
    title: "Datadog Logs",
    questions: [
      target("URL of its intake", "https://http-intake.logs.datadoghq.eu/api/v2/logs", httpAddress),
    ],
    secret: { name: "datadog-key", text: "API key" },
    output: ({ "siem-address": url }, key) => ({
      ...{ name: "datadog", type: "http", url, headers: { "DD-API-KEY": key }, body: "json_array" },
      event: {
        ...{ ddsource: "wandb", service: "wandb", timestamp: "<time_ms>" },
        ...{ uid: "<uid>", message: "<text>" },
      },
      ...{ compression: "gzip", success: { status: [202] }, max_event: "900KB" },
      oldest: { age: "17h", older: "dead_letter" },
      ...{ batch: { max_events: 1000, max_bytes: "4MB" }, heartbeat: "15m" },
    }),
    reach: "12h",
    page,
  },
  {
    name: "sumo",
    title: "Sumo Logic, by an HTTP Logs Source",
    questions: [
      target(
        "URL of the source, to /http/",
        "https://endpoint4.collection.eu.sumologic.com/receiver/v1/http/",
        (answer) => httpAddress(answer) ?? (answer.endsWith("/http/") ? undefined : "end with /http/"),
      ),
    ],
    secret: { name: "sumo-code", text: "What follows /http/ in that URL" },
    output: ({ "siem-address": url }, code) => ({
      ...{ name: "sumo", type: "http", url, secret_path: code },
      ...{ format: "json", compression: "gzip" },
      ...{ success: { status: [200] }, oldest: { age: "364d", older: "hold" } },
      ...{ batch: { max_events: 1000, max_bytes: "1MB" }, heartbeat: "15m" },
    }),
    page,
  },
  {
    name: "cribl",
    title: "Cribl Stream, by its HTTP source",
    questions: [
      target("URL of its bulk endpoint", "https://cribl.corp.example:10080/cribl/_bulk", httpAddress),
    ],
    secret: { name: "cribl-token", text: "Token of the source" },
    output: ({ "siem-address": url }, token) => ({
      ...{ name: "cribl", type: "http", url, auth: { type: "bearer", token }, format: "raw" },
      event: { _time: "<time_s>", _raw: "<text>", uid: "<uid>", sourcetype: "wandb:audit" },
      ...{ compression: "gzip", batch: { max_events: 1000, max_bytes: "1MB" }, heartbeat: "15m" },
    }),
    page,
  },
  {
    name: "panther",
    title: "Panther, by an HTTP source with a shared secret",
    questions: [
      target(
        "URL of the source",
        "https://logs.corp.runpanther.net/http/00000000-0000-4000-8000-000000000003",
        httpAddress,
      ),
    ],
    secret: { name: "panther-secret", text: "Shared secret of its header X-Panther-Secret" },
    output: ({ "siem-address": url }, value) => ({
      ...{ name: "panther", type: "http", url, headers: { "X-Panther-Secret": value }, format: "json" },
      ...{ compression: "gzip", max_event: "900KB" },
      ...{ batch: { max_events: 500, max_bytes: "900KB" }, heartbeat: "15m" },
    }),
    page,
  },
  {
    name: "http",
    title: "Any other endpoint that takes lines of JSON over HTTP",
    questions: [target("URL of the endpoint", "https://in.corp.example/logs", httpAddress)],
    secret: {
      ...{ name: "http-token", text: "Bearer token that it asks for (nothing: it asks for none)" },
      optional: true,
    },
    output: ({ "siem-address": url }, token) => ({
      ...{ name: "endpoint", type: "http", url },
      ...(token === undefined ? {} : { auth: { type: "bearer", token } }),
      ...{ format: "ecs", body: "ndjson", heartbeat: "15m" },
    }),
    page,
  },
];
