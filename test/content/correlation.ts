import type { Arrived } from "./schedule.ts";

/** A correlation of Sigma: distinct values of a field, or of the rules that matched, in a window of the events' time. */
export interface Correlation {
  readonly groupBy: readonly string[];
  readonly windowMs: number;
  readonly atLeast: number;
  /** What is counted of an event. */
  readonly counted: (event: Arrived) => string | undefined;
}

function groups(events: readonly Arrived[], fields: readonly string[]): readonly (readonly Arrived[])[] {
  const found = new Map<string, Arrived[]>();
  for (const event of events) {
    const values = fields.map((field) => event.value(field));
    // Who has no value is in no group.
    if (values.includes(undefined)) continue;
    const key = JSON.stringify(values);
    found.set(key, [...(found.get(key) ?? []), event]);
  }
  return [...found.values()];
}

/** The first event of each group in which some window has enough. */
export function windowsThatSlide(events: readonly Arrived[], correlation: Correlation): readonly Arrived[] {
  const { groupBy, windowMs, atLeast, counted } = correlation;
  return groups(events, groupBy).flatMap((group) => {
    const sorted = [...group].sort((one, other) => one.at - other.at);
    const enough = sorted.find((first) => {
      const within = sorted.filter(({ at }) => at >= first.at && at < first.at + windowMs);
      return distinct(within, counted) >= atLeast;
    });
    return enough === undefined ? [] : [enough];
  });
}

/** The same in windows that stand fast, as converted queries count: from `offset` on, one behind the other. */
export function windowsThatStand(
  events: readonly Arrived[],
  correlation: Correlation,
  offset: number,
): readonly Arrived[] {
  const { groupBy, windowMs, atLeast, counted } = correlation;
  return groups(events, groupBy).flatMap((group) => {
    const windows = Map.groupBy(group, ({ at }) => Math.floor((at - offset) / windowMs));
    return [...windows.values()]
      .filter((within) => distinct(within, counted) >= atLeast)
      .flatMap(([first]) => first ?? []);
  });
}

function distinct(events: readonly Arrived[], counted: Correlation["counted"]): number {
  return new Set(events.map(counted).filter((value) => value !== undefined)).size;
}
