/** Records of one source and UTC day. */
export interface DayCount {
  readonly source: string;
  readonly day: number;
  count: number;
}

export type DayCounts = Map<string, DayCount>;

export function dayKey(source: string, day: number): string {
  return `${day} ${source}`;
}

export function countDay(counts: DayCounts, source: string, day: number, count: number): void {
  const key = dayKey(source, day);
  const found = counts.get(key);
  if (found === undefined) counts.set(key, { source, day, count });
  else found.count += count;
}
