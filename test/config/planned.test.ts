import { expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/problem.ts";

const source = { name: "a", type: "wandb_api", url: "https://acme.wandb.io", api_key: "a-key-0123" };
const outputs = {
  stdout: { name: "o", type: "stdout" },
  splunk_hec: { name: "o", type: "splunk_hec", url: "https://splunk.example", token: "a-token-0123" },
  syslog: { name: "o", type: "syslog", address: "tls://siem.example" },
  otlp: { name: "o", type: "otlp" },
  http: { name: "o", type: "http", url: "https://in.example" },
  file: { name: "o", type: "file", path: "/var/log/wandb/audit.ndjson" },
  kafka: { name: "o", type: "kafka", brokers: ["kafka.example:9093"], topic: "audit" },
};

function problemsOf(sources: readonly unknown[], given: readonly unknown[]): readonly string[] {
  const text = JSON.stringify({ sources, outputs: given });
  try {
    loadConfig("/etc/config.yaml", { environment: {}, readFile: () => ({ text, mode: 0o600 }) });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

it.each([
  ["stdout", "format", "ocsf"],
  ["splunk_hec", "format", "leef"],
  ["splunk_hec", "compression", "zstd"],
  ["syslog", "format", "ocsf"],
  ["stdout", "labels", { environment: "prod" }],
  ["file", "format", "leef"],
  ["http", "format", "ocsf"],
  ["kafka", "format", "ocsf"],
] as const)("%s with %s: %s is not available yet, which is said so", (type, key, value) => {
  expect(problemsOf([source], [{ ...outputs[type], [key]: value }])).toEqual([
    `outputs[0].${key}: not available in this version`,
  ]);
});

it("says the same of kinds that are planned", () => {
  expect(problemsOf([source], [{ ...outputs.stdout, type: "elasticsearch" }])).toEqual([
    "outputs[0].type: not available in this version",
  ]);
});

it("calls what nobody plans a mistake", () => {
  expect(problemsOf([source], [{ ...outputs.stdout, format: "xml" }])).toEqual([
    expect.stringContaining("must be one of"),
  ]);
});
