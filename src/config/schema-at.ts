import { z } from "zod";
import type { Path } from "./position.ts";

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

/**
 * The schemas that apply to a place of the configuration,
 * wrappers taken off. Several where a union allows several.
 */
function schemasAt(schema: z.ZodType, path: Path): readonly z.ZodType[] {
  const layers = unwrap(schema);
  const [first, ...rest] = path;
  if (first === undefined) return layers;
  return layers.flatMap((layer) => {
    const { shape, element, valueType } = definition(layer);
    const child = typeof first === "number" ? element : (own(shape, first) ?? valueType);
    return child === undefined ? [] : schemasAt(child, rest);
  });
}

/** The keys that may stand at a place. */
export function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  return schemasAt(schema, path).flatMap((layer) => Object.keys(definition(layer).shape ?? {}));
}

/** True where `secret()` of `schema/parts.ts` stands. */
export function isSecretAt(schema: z.ZodType, path: Path): boolean {
  return schemasAt(schema, path).some((layer) => z.globalRegistry.get(layer)?.secret === true);
}

/** The values that are `planned` at a place: words, or with `:` at their end what begins so. */
export function plannedAt(schema: z.ZodType, path: Path): readonly string[] {
  return schemasAt(schema, path).flatMap((layer) => {
    const planned = z.globalRegistry.get(layer)?.planned;
    return Array.isArray(planned) ? planned.map(String) : [];
  });
}

/** A schema and what it wraps, the outermost first. */
function unwrap(schema: z.ZodType): readonly z.ZodType[] {
  const { type, innerType, in: input, options } = definition(schema);
  if (innerType !== undefined) return [schema, ...unwrap(innerType)];
  if (type === "pipe" && input !== undefined) return [schema, ...unwrap(input)];
  return options === undefined ? [schema] : [schema, ...options.flatMap(unwrap)];
}

function definition(schema: z.ZodType): Definition {
  return schema.def as unknown as Definition;
}

function own(shape: Definition["shape"], key: string): z.ZodType | undefined {
  return shape !== undefined && Object.hasOwn(shape, key) ? shape[key] : undefined;
}
