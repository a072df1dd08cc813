import { documentProperties, type Properties } from "../../src/output/elasticsearch/ecs-fields.ts";

/** The fields that our template maps in Elasticsearch, by their whole names. */
export function mappedFields(): readonly string[] {
  return pathsOf(documentProperties("elasticsearch"), "");
}

function pathsOf(properties: Properties, prefix: string): readonly string[] {
  return Object.entries(properties).flatMap(([name, { properties: inner }]) =>
    inner === undefined ? [prefix + name] : pathsOf(inner, `${prefix}${name}.`),
  );
}
