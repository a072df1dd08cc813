/** Records of one source and UTC day. */
export interface DayCount {
  readonly source: string;
  readonly day: number;
  count: number;
}

/** Counts by `dayKey`. */
export type DayCounts = Map<string, DayCount>;

/** Names a source and UTC day in a map. */
export function dayKey(source: string, day: number): string {
  return `${day} ${source}`;
}

/** Adds `count` to a source and UTC day. */
export function countDay(counts: DayCounts, source: string, day: number, count: number): void {
  const key = dayKey(source, day);
  const found = counts.get(key);
  if (found === undefined) counts.set(key, { source, day, count });
  else found.count += count;
}
