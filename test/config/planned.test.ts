import { expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/problem.ts";

const source = { name: "a", type: "wandb_api", url: "https://acme.wandb.io", api_key: "a-key-0123" };
const outputs = {
  stdout: { name: "o", type: "stdout" },
  splunk_hec: { name: "o", type: "splunk_hec", url: "https://splunk.example", token: "a-token-0123" },
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

it("says of a value that is not available yet that it is not", () => {
  expect(problemsOf([source], [{ ...outputs.splunk_hec, compression: "zstd" }])).toEqual([
    "outputs[0].compression: not available in this version",
  ]);
});

it("calls what nobody plans a mistake", () => {
  expect(problemsOf([source], [{ ...outputs.stdout, format: "xml" }])).toEqual([
    expect.stringContaining("must be one of"),
  ]);
});
