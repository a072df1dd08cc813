import { z } from "zod";
import { configSchema, type Kinds } from "./settings.ts";

export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
}

/** The configuration's schema as JSON Schema (2020-12): what the program checks, as far as JSON Schema can say it. */
export function jsonSchema(kinds: Kinds): JsonSchema {
  const schema = z.toJSONSchema(configSchema(kinds), {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.secret === true) {
        delete jsonSchema.secret;
        jsonSchema.writeOnly = true;
      }
    },
  });
  return { title: "Configuration of wandb-audit-forwarder", ...(schema as JsonSchema) };
}

const reference: JsonSchema = { type: "string", pattern: "\\$\\{.+\\}" };

/** The same for editors: where a number, true, false or a fixed word stands, a reference such as `${PORT}` may stand too. */
export function editorSchema(kinds: Kinds): JsonSchema {
  return widened(jsonSchema(kinds));
}

function widened(schema: JsonSchema): JsonSchema {
  const copy: JsonSchema = { ...schema };
  if (schema.properties !== undefined) {
    copy.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, child]) => [key, widened(child)]),
    );
  }
  if (schema.items !== undefined) copy.items = widened(schema.items);
  if (schema.anyOf !== undefined) copy.anyOf = schema.anyOf.map(widened);
  const fixed = schema.enum !== undefined || ["integer", "number", "boolean"].includes(schema.type ?? "");
  if (!fixed) return copy;
  const { description, default: usual, ...rule } = copy;
  return {
    ...(description === undefined ? {} : { description }),
    ...(usual === undefined ? {} : { default: usual }),
    anyOf: [rule, reference],
  };
}
