// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { editorSchema, type JsonSchema } from "../../src/config/json-schema.ts";
import { allKinds, loadConfig } from "../../src/config/load.ts";
import { readText } from "../../src/config/read-text.ts";

const folder = new URL("../../config/", import.meta.url).pathname;
const examples = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const environment = { WANDB_API_KEY: "a-key", CREDENTIALS_DIRECTORY: "/run/credentials/unit" };

function load(path: string) {
  return loadConfig(path, {
    environment,
    readFile: (file) =>
      file.startsWith("/run/") ? { text: "a-secret-of-a-good-length\n", mode: 0o400 } : readText(file),
  });
}

test("there is an example for every kind of W&B, of source and of output", () => {
  expect(examples).toEqual(
    expect.arrayContaining(["self-managed.yaml", "dedicated.yaml", "multi-tenant.yaml"]),
  );
  const sourceTypes = examples.flatMap((name) => load(folder + name).sources.map(({ type }) => type));
  expect(new Set(sourceTypes)).toEqual(new Set(allKinds.sources.map(({ type }) => type)));
  const types = examples.flatMap((name) => load(folder + name).outputs.map(({ type }) => type));
  expect(new Set(types)).toEqual(new Set(allKinds.outputs.map(({ type }) => type)));
  for (const { type } of allKinds.outputs)
    expect(examples).toContain(`output-${type.replaceAll("_", "-")}.yaml`);
});

test.each(examples)("%s can be used, without a warning", (name) => {
  expect(load(folder + name).warnings).toEqual([]);
});

test.each(examples)("%s begins with the line that gives editors the schema, and explains itself", (name) => {
  const [first, second, third] = readFileSync(folder + name, "utf8").split("\n");
  expect(first).toBe("# yaml-language-server: $schema=./config.schema.json");
  expect(second).toBe("#");
  expect(third).toMatch(/^# \S/);
});

test("the sample beside every output can be used", () => {
  const outputs = new URL("../../src/output/", import.meta.url).pathname;
  for (const { type } of allKinds.outputs) {
    const sample = `${outputs}${type.replaceAll("_", "-")}/sample.yaml`;
    const file = "/etc/forwarder/config.yaml";
    const source =
      "sources: [{ name: wandb, type: wandb_api, url: 'https://acme.wandb.io', api_key: '${WANDB_API_KEY}' }]\n";
    const config = loadConfig(file, {
      environment: { ...environment, SPLUNK_HEC_TOKEN: "a-token", OPENSEARCH_PASSWORD: "a-password" },
      readFile: (path) =>
        path === file
          ? { text: source + readFileSync(sample, "utf8"), mode: 0o600 }
          : { text: "a-secret\n", mode: 0o400 },
    });
    expect(config.outputs.map(({ type }) => type)).toContain(type);
  }
});

test("the schema for editors names every key of the examples", () => {
  const known = JSON.stringify(editorSchema(allKinds));
  const keys = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const [key, child] of Object.entries(value)) {
      keys.add(key);
      // Names of headers and labels are free, and what stands in templates.
      if (!["headers", "labels", "event", "envelope"].includes(key)) visit(child);
    }
  };
  for (const name of examples) visit(parse(readFileSync(folder + name, "utf8")));
  for (const key of keys) expect(known).toContain(`"${key}":`);
});

test("a reference may stand in an editor wherever a text has to look like something", () => {
  const found = [...textsIn(editorSchema(allKinds))].filter(([, { pattern }]) => pattern !== undefined);
  expect(found.map(([key]) => key)).toEqual(expect.arrayContaining(["name", "instance", "attest_key_file"]));
  for (const [key, { pattern = "" }] of found)
    expect([key, new RegExp(pattern, "u").test("${CREDENTIALS_DIRECTORY}/x")]).toEqual([key, true]);
});

/** Everything in a schema that is text, by its key. */
function* textsIn(schema: JsonSchema): Generator<[string, JsonSchema]> {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    if (child.type === "string") yield [key, child];
    yield* textsIn(child);
  }
  const { anyOf = [], oneOf = [], items } = schema;
  for (const child of [...anyOf, ...oneOf, ...(items ? [items] : [])]) yield* textsIn(child);
}
