import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { documentProperties, type Properties } from "../../../src/output/elasticsearch/ecs-fields.ts";
import { knownKeys } from "../../../src/record/known-keys.ts";

interface EcsField {
  readonly type: string;
  readonly index?: boolean;
  readonly doc_values?: boolean;
}

const root = join(import.meta.dirname, "../..");
const schema: Readonly<Record<string, EcsField>> = parse(
  readFileSync(join(root, "data/ecs_flat.yml"), "utf8"),
);
/** Types of one family answer the same searches. */
const family: Readonly<Record<string, string>> = { constant_keyword: "keyword", match_only_text: "text" };
const cases = readdirSync(join(root, "cases")).map((name) => join(root, "cases", name, "ecs.json"));

function flat(properties: Properties, path = ""): readonly (readonly [string, Properties[string]])[] {
  return Object.entries(properties).flatMap(([name, field]) =>
    field.properties === undefined
      ? [[path + name, field] as const]
      : flat(field.properties, `${path}${name}.`),
  );
}

function paths(value: unknown, path = ""): string[] {
  if (path === "wandb.audit.unmapped." || path === "wandb.audit.forwarder.") return [path.slice(0, -1)];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path.slice(0, -1)];
  return Object.entries(value).flatMap(([name, member]) => paths(member, `${path}${name}.`));
}

describe.each(["elasticsearch", "opensearch"] as const)("the fields in %s", (product) => {
  const fields = new Map(flat(documentProperties(product)));

  it("are ECS's own, with its types", () => {
    for (const [path, { type, index, doc_values }] of fields) {
      if (path.startsWith("wandb.audit.") || path.startsWith("labels.")) continue;
      const ecs = schema[path];
      expect({ path, type: family[ecs?.type ?? ""] ?? ecs?.type }).toEqual({ path, type });
      expect({ path, index, doc_values }).toEqual({ path, index: ecs?.index, doc_values: ecs?.doc_values });
    }
  });

  it("are there for every field that a document has", () => {
    const used = new Set(cases.flatMap((file) => paths(JSON.parse(readFileSync(file, "utf8")))));
    expect([...used].filter((path) => !fields.has(path))).toEqual([]);
    expect(used.size).toBeGreaterThan(60);
  });

  it("have every key of W&B", () => {
    expect(knownKeys.filter((key) => !fields.has(`wandb.audit.${key}`))).toEqual([]);
  });
});
