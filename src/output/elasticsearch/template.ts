import { hash } from "node:crypto";
import { documentProperties, type SearchProduct } from "./ecs-fields.ts";
import { type Lifecycle, policyName } from "./lifecycle.ts";

/** Every namespace has the same. */
const pattern = "logs-wandb.audit-*";
/** Of the index template, and what those of its parts begin with. */
export const templateName = "logs-wandb.audit";
/** Rises with what the templates say. */
export const templateVersion = 2;
/** Above what servers bring for `logs-*-*` (100) and integrations (200). */
const priority = 250;

/** One request of a setup. */
export interface TemplateRequest {
  readonly path: string;
  readonly body: object;
  /** What it brings, for people. */
  readonly what: string;
}

/** What makes a name a data stream with fields of the right types, in the order in which it is installed. */
export function templateRequests(
  product: SearchProduct,
  lifecycle: Lifecycle | undefined,
): readonly TemplateRequest[] {
  const mappings = { template: { mappings: mappingsOf(product) } };
  const settings = { template: { settings: settingsOf(product, lifecycle) } };
  const digest = hash("sha256", JSON.stringify([mappings, settings]), "hex");
  const named = { version: templateVersion, _meta: { managed_by: "wandb-audit-forwarder", digest } };
  const parts = [`${templateName}@mappings`, `${templateName}@settings`];
  const index = {
    index_patterns: [pattern],
    data_stream: {},
    priority,
    ...composition(product, parts),
    ...named,
  };
  return [
    {
      path: `/_component_template/${parts[0]}`,
      body: { ...mappings, ...named },
      what: `component template ${parts[0]}`,
    },
    {
      path: `/_component_template/${parts[1]}`,
      body: { ...settings, ...named },
      what: `component template ${parts[1]}`,
    },
    { path: `/_index_template/${templateName}`, body: index, what: `index template ${templateName}` },
  ];
}

/** Of the templates that belong to these settings. */
export function templateDigest(product: SearchProduct, lifecycle: Lifecycle | undefined): string {
  const { body } = templateRequests(product, lifecycle)[0] as TemplateRequest;
  return (body as { _meta: { digest: string } })._meta.digest;
}

/** What people add of their own has a place where the server lets it be absent. */
function composition(product: SearchProduct, parts: readonly string[]): object {
  if (product === "opensearch") return { composed_of: parts };
  const custom = `${templateName}@custom`;
  return { composed_of: [...parts, custom], ignore_missing_component_templates: [custom] };
}

function mappingsOf(product: SearchProduct): object {
  return {
    // A text that looks like a date is a text.
    date_detection: false,
    dynamic_templates: [
      {
        texts: { match_mapping_type: "string", mapping: { type: "keyword", ignore_above: 1_024 } },
      },
    ],
    properties: documentProperties(product),
  };
}

function settingsOf(product: SearchProduct, lifecycle: Lifecycle | undefined): object {
  if (lifecycle === undefined || product === "opensearch") return {};
  return { index: { lifecycle: { name: policyName } } };
}
