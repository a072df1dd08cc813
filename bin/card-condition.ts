import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { DetectionCard } from "./detection-card.ts";

/** What a search selects in a detection, in Sigma's words. */
export type Detection = NonNullable<Extract<DetectionCard["sigma"], { detection: unknown }>>["detection"];
/** What a field is compared with; a list is any of them. */
export type Compared = string | number | boolean | null | readonly (string | number)[];

/** A field, how it is compared, and with what. */
export interface Comparison {
  /** By its name in the format `json`. */
  readonly field: string;
  /** Sigma's modifiers, with a bar between. */
  readonly how: string;
  readonly value: Compared;
  /** The same as a list. */
  readonly values: readonly (string | number)[];
}

/** The words of a condition with the comparisons that stand for them: of `and`, `or` and `not` there are none. */
export function selectionOf({ condition: _, ...selections }: Detection, word: string): Comparison[] {
  const found = (selections as Readonly<Record<string, Readonly<Record<string, Compared>>>>)[word];
  if (found === undefined) throw new Error(`${word} is no selection`);
  return Object.entries(found).map(([key, value]) => {
    const [field = "", ...modifiers] = key.split("|");
    const values = Array.isArray(value) ? value : [value as string | number];
    return { field, how: modifiers.join("|"), value, values };
  });
}

/** The names that a pipeline has for the fields of the format `json`. */
export function pipelineNames(pipeline: "ecs" | "splunk"): Readonly<Record<string, string>> {
  const file = new URL(`../content/pipelines/${pipeline}.yml`, import.meta.url);
  const { transformations } = parse(readFileSync(file, "utf8")) as {
    readonly transformations: readonly {
      readonly id: string;
      readonly mapping?: Readonly<Record<string, string>>;
    }[];
  };
  return transformations.find(({ id }) => id === "fields")?.mapping ?? {};
}

/** `15m` is 900. */
export function secondsOf(duration: string): number {
  const [, number = "", unit = ""] = /^(\d+)([mhd])$/.exec(duration) ?? [];
  return Number(number) * { m: 60, h: 3600, d: 86_400 }[unit as "m" | "h" | "d"];
}
