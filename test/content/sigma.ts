import type { Fields } from "./documents.ts";
import type { Pipeline } from "./pipeline.ts";

/** Named selections and a condition over them. */
export type Detection = Readonly<Record<string, unknown>> & { readonly condition: string };

/** Whether an event is what a rule looks for: Sigma as far as our rules use it. Throws at anything else. */
export function matches(detection: Detection, service: string, event: Fields, through: Pipeline): boolean {
  const added = through.conditions(service);
  if (!added.every(({ selection, negated }) => isSelected(selection, event, through) !== negated))
    return false;
  const { condition, ...selections } = detection;
  return condition.split(" and ").every((part) => {
    const [, not, name = ""] = /^(not )?(\w+)$/.exec(part) ?? [];
    const selection = selections[name];
    if (selection === undefined) throw new Error(`cannot read the condition: ${condition}`);
    const holds = isSelected(selection as Readonly<Record<string, unknown>>, event, through);
    return (not === undefined) === holds;
  });
}

function isSelected(selection: Readonly<Record<string, unknown>>, event: Fields, through: Pipeline): boolean {
  return Object.entries(selection).every(([key, wanted]) => {
    const [field = "", ...modifiers] = key.split("|");
    return isItem(field, modifiers, wanted, event, through);
  });
}

function isItem(
  field: string,
  modifiers: readonly string[],
  wanted: unknown,
  event: Fields,
  through: Pipeline,
): boolean {
  const columns = through.columns(field);
  const here = columns.flatMap((column) => {
    const value = event.get(column);
    return value === undefined || value === null ? [] : [String(value).toLowerCase()];
  });
  if (modifiers.includes("exists")) return here.length > 0 === wanted;
  const wantedValues: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  const values = wantedValues.flatMap((value): readonly unknown[] =>
    modifiers.includes("expand") ? expanded(value, through) : [value],
  );
  const compare = modifiers.find((modifier) => modifier !== "expand") ?? "equals";
  return values.some((value) => {
    if (compare === "fieldref")
      return through
        .columns(String(value))
        .some((other) => here.includes(String(event.get(other)).toLowerCase()));
    const text = String(through.value(field, value)).toLowerCase();
    if (/[*?]/.test(text)) throw new Error(`wildcards are not read here: ${text}`);
    return here.some((one) => compares[compare]?.(one, text) ?? unknownModifier(compare));
  });
}

const compares: Readonly<Record<string, (one: string, text: string) => boolean>> = {
  equals: (one, text) => one === text,
  startswith: (one, text) => one.startsWith(text),
  endswith: (one, text) => one.endsWith(text),
  contains: (one, text) => one.includes(text),
};

function unknownModifier(name: string): never {
  throw new Error(`the modifier ${name} is not known here`);
}

function expanded(value: unknown, through: Pipeline): readonly string[] {
  const [, name] = /^%(\w+)%$/.exec(String(value)) ?? [];
  const values = name === undefined ? [] : through.placeholder(name);
  if (values.length === 0) throw new Error(`no pipeline has ${value}`);
  return values;
}
