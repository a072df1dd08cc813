import { expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";

const problemsOf = (...sources: readonly Record<string, unknown>[]) => {
  const given = sources.map((source, at) => ({
    name: `s${at}`,
    type: "file",
    instance: "acme.wandb.io",
    ...source,
  }));
  const text = JSON.stringify({ sources: given, outputs: [{ name: "o", type: "stdout" }] });
  try {
    loadConfig("/etc/config.yaml", { environment: {}, readFile: () => ({ text, mode: 0o600 }) });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
};

it("lets several sources read files of one instance, beside its API", () => {
  const api = { type: "wandb_api", url: "https://acme.wandb.io", api_key: "a-key-0123" };
  expect(problemsOf({ path: "/srv/a/*.ndjson" }, { path: "/srv/b/*.ndjson" }, api)).toEqual([]);
});

it("wants a path and an instance", () => {
  expect(problemsOf({ instance: undefined })).toEqual([
    expect.stringContaining("sources[0]"),
    expect.stringContaining("sources[0]"),
  ]);
});
