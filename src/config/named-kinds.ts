import { outputKindsByType } from "../output/by-type.ts";
import type { AnyOutputKind } from "../output/configured.ts";
import { sourceKindsByType } from "../source/by-type.ts";
import { valueAt } from "./issues.ts";
import type { Kinds } from "./settings.ts";

/**
 * The kinds that a configuration names, so that no others are loaded. `value` is what stands in the file.
 * Undefined where it names one that nobody knows.
 */
export async function namedKinds(value: unknown): Promise<Kinds | undefined> {
  const sources = await kindsOf(typesIn(valueAt(value, ["sources"])), sourceKindsByType);
  const outputs = await namedOutputs(typesIn(valueAt(value, ["outputs"])));
  return sources && outputs && { sources, outputs };
}

/** The kinds of output of these types; undefined where one is none. */
export function namedOutputs(types: readonly unknown[]): Promise<readonly AnyOutputKind[] | undefined> {
  return kindsOf(types, outputKindsByType);
}

function typesIn(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list.map((item) => valueAt(item, ["type"])) : [];
}

async function kindsOf<Kind>(
  types: readonly unknown[],
  byType: Readonly<Record<string, () => Promise<Kind>>>,
): Promise<readonly Kind[] | undefined> {
  const known = Object.entries(byType);
  const wanted = known.filter(([type]) => types.includes(type));
  if (types.some((type) => !known.some(([one]) => one === type))) return undefined;
  return Promise.all(wanted.map(([, load]) => load()));
}
