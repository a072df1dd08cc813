import { readFileSync } from "node:fs";
import { parse } from "yaml";

interface Transformation {
  readonly id: string;
  readonly type: string;
  readonly conditions?: Readonly<Record<string, unknown>>;
  readonly negated?: boolean;
  readonly mapping?: Readonly<Record<string, string | readonly string[]>>;
  readonly regex?: string;
  readonly replacement?: string;
  readonly rule_conditions?: readonly { readonly type: string; readonly service: string }[];
  readonly field_name_conditions?: readonly { readonly fields: readonly string[] }[];
}

/** What a pipeline makes of a rule's fields and values, as far as ours use pySigma. */
export interface Pipeline {
  /** A condition more for every rule of a service, and whether it must not hold. */
  conditions(
    service: string,
  ): readonly { readonly selection: Readonly<Record<string, unknown>>; readonly negated: boolean }[];
  /** Where a field is; any of these. */
  columns(field: string): readonly string[];
  value(field: string, value: unknown): unknown;
  placeholder(name: string): readonly string[];
}

/** Reads a pipeline of `content/pipelines`. Throws at anything that it would not do as pySigma does. */
export function pipeline(name: string): Pipeline {
  const file = new URL(`../../content/pipelines/${name}.yml`, import.meta.url);
  const { transformations, vars } = parse(readFileSync(file, "utf8"));
  const all: readonly Transformation[] = transformations;
  const known = ["value_placeholders", "add_condition", "field_name_mapping", "set_state", "replace_string"];
  const strange = all.filter(({ type }) => !known.includes(type));
  if (strange.length > 0) throw new Error(`${name}: ${strange[0]?.type} is not known here`);
  const mapping: Readonly<Record<string, string | readonly string[]>> = Object.assign(
    {},
    ...all.map((each) => each.mapping ?? {}),
  );
  return {
    conditions: (service) =>
      all
        .filter(
          ({ rule_conditions: only }) => only === undefined || only.some((each) => each.service === service),
        )
        .flatMap(({ conditions, negated = false }) =>
          conditions === undefined ? [] : [{ selection: conditions, negated }],
        ),
    columns(field) {
      const to = mapping[field] ?? field;
      return typeof to === "string" ? [to] : to;
    },
    value(field, value) {
      const changes = all.filter(
        ({ type, field_name_conditions: only }) =>
          type === "replace_string" && only?.some(({ fields }) => fields.includes(field)),
      );
      return changes.reduce<unknown>(
        (text, { regex = "", replacement = "" }) => String(text).replace(new RegExp(regex), replacement),
        value,
      );
    },
    placeholder: (placeholder) => vars[placeholder] ?? [],
  };
}
