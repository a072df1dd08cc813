import { knownKeys } from "../../record/known-keys.ts";

/**
 * The Elastic Common Schema, whose version documents name: names and types are from there
 * (`ECS-NOTICE.txt`). Where it has one of a family that not every server knows, this is the one that each
 * knows: `keyword` for `constant_keyword`, `text` for `match_only_text`.
 */
const ecsFields: Readonly<Record<string, string>> = {
  date: "@timestamp event.created event.ingested",
  ip: "source.ip related.ip",
  long: "event.severity http.response.status_code source.port",
  text: "message error.message",
  keyword: `tags labels.replay_id ecs.version error.type file.path
    agent.type agent.version data_stream.type data_stream.dataset data_stream.namespace
    event.action event.category event.dataset event.hash event.id event.kind event.module
    event.outcome event.provider event.reason event.type
    group.id group.name organization.id organization.name
    observer.hostname observer.name observer.product observer.type observer.vendor
    related.hash related.user service.address service.name service.type source.address
    user.domain user.email user.id user.name
    user.target.domain user.target.email user.target.id user.target.name user.target.group.id user.target.group.name
    user_agent.name user_agent.original user_agent.version`,
};

/** Products that take the same documents and call some types by other names. */
export type SearchProduct = "elasticsearch" | "opensearch";

/** What a mapping has below `properties`. */
export type Properties = { [name: string]: { properties?: Properties; [setting: string]: unknown } };

/** A longer value of a keyword is in the document and cannot be searched. */
const longestKeyword = 1_024;
/** Of a keyword as large as one may be, in characters of four bytes. */
const longestName = 8_191;

/** How each field that documents have is mapped. */
export function documentProperties(product: SearchProduct): Properties {
  const properties: Properties = {};
  for (const [type, names] of Object.entries(ecsFields))
    for (const name of names.split(/\s+/)) put(properties, name, fieldOf(type));
  // As the schema has it: kept, and neither searched nor sorted by.
  put(properties, "event.original", { type: "keyword", index: false, doc_values: false });
  for (const key of knownKeys) put(properties, `wandb.audit.${key}`, auditField(key));
  // What nobody knows the types of must not decide them for the others.
  for (const rest of ["unmapped", "forwarder"]) put(properties, `wandb.audit.${rest}`, anything[product]);
  return properties;
}

function fieldOf(type: string) {
  return type === "keyword" ? { type, ignore_above: longestKeyword } : { type };
}

function auditField(key: string) {
  if (key === "response_code") return { type: "long" };
  const ignore_above = key === "artifact_qualified_name" ? longestName : longestKeyword;
  return { type: "keyword", ignore_above };
}

const anything: Readonly<Record<SearchProduct, Properties[string]>> = {
  elasticsearch: { type: "flattened", depth_limit: 100, ignore_above: longestKeyword },
  opensearch: { type: "flat_object" },
};

function put(into: Properties, name: string, field: Properties[string]): void {
  const [first = "", ...rest] = name.split(".");
  if (rest.length === 0) {
    into[first] = field;
    return;
  }
  const within = into[first]?.properties ?? {};
  into[first] = { properties: within };
  put(within, rest.join("."), field);
}
