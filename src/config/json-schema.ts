// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import { z } from "zod";
import { configSchema, type Kinds } from "./settings.ts";

/** The keywords of JSON Schema that are used here, and one of our own. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  pattern?: string;
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  /** Ours, until `editorSchema`: how people write it. */
  written?: "duration" | "size";
}

/**
 * The configuration as JSON Schema (2020-12), as far as that
 * can say it: what `docs/configuration.md` is made from.
 */
export function jsonSchema(kinds: Kinds): JsonSchema {
  const schema = z.toJSONSchema(configSchema(kinds), {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      delete jsonSchema.planned;
      if (jsonSchema.secret === true) {
        delete jsonSchema.secret;
        jsonSchema.writeOnly = true;
      }
    },
  });
  return { title: "Configuration of wandb-audit-forwarder", ...(schema as JsonSchema) };
}

const referred = "\\$\\{.+\\}";
const reference: JsonSchema = { type: "string", pattern: referred };
const patterns = {
  duration: `^(\\d+(ms|s|m|h|d))+$|${referred}`,
  size: `^\\d+(\\.\\d+)? ?([KMGTkmgt]?[iI]?[bB])?$|${referred}`,
};

/**
 * The same for editors and other programs. Where something other than any text stands, a reference such as
 * `${PORT}` may stand too.
 */
export function editorSchema(kinds: Kinds): JsonSchema {
  return widened(jsonSchema(kinds));
}

function widened(schema: JsonSchema): JsonSchema {
  const { written, ...copy } = schema;
  if (written === "duration") return { ...copy, pattern: patterns.duration };
  if (written === "size")
    return {
      ...copy,
      anyOf: [
        { type: "string", pattern: patterns.size },
        { type: "integer", minimum: 0 },
      ],
    };
  if (schema.properties !== undefined) {
    copy.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, child]) => [key, widened(child)]),
    );
  }
  if (typeof schema.additionalProperties === "object")
    copy.additionalProperties = widened(schema.additionalProperties);
  if (schema.items !== undefined) copy.items = widened(schema.items);
  for (const each of ["anyOf", "oneOf", "allOf"] as const)
    if (schema[each] !== undefined) copy[each] = schema[each].map(widened);
  if (schema.pattern !== undefined) copy.pattern = `${schema.pattern}|${referred}`;
  const fixed = schema.enum !== undefined || ["integer", "number", "boolean"].includes(schema.type ?? "");
  if (!fixed) return copy;
  const { description, default: usual, ...rule } = copy;
  return {
    ...(description === undefined ? {} : { description }),
    ...(usual === undefined ? {} : { default: usual }),
    anyOf: [rule, reference],
  };
}
