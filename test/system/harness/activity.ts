import type { StateOnDisk } from "./state.ts";

/** A row of `active_day`: for each user the length of the id, 1 byte; the second of the day, 3 bytes; the id. */
export interface ActiveDayRow {
  readonly day: number;
  readonly hex: string;
}

/** `day user` with the last second, as it is on disk. */
export function activeOnDisk(rows: readonly ActiveDayRow[]): Map<string, number> {
  const active = new Map<string, number>();
  for (const { day, hex } of rows) {
    const bytes = Buffer.from(hex, "hex");
    for (let at = 0; at < bytes.length; at += 4 + (bytes[at] as number)) {
      const end = at + 4 + (bytes[at] as number);
      active.set(`${day} ${bytes.toString("utf8", at + 4, end)}`, bytes.readUIntLE(at + 1, 3));
    }
  }
  return active;
}

/** The same of lines, counted plainly. */
function activeIn(lines: readonly string[]): Map<string, number> {
  const active = new Map<string, number>();
  for (const line of lines) {
    const { timestamp, actor_user_id: user } = parsed(line);
    const ms = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
    if (Number.isNaN(ms) || user === undefined || user === null || user === 0) continue;
    const day = Math.floor(ms / 86_400_000);
    const key = `${day} ${String(user)}`;
    active.set(key, Math.max(Math.floor(ms / 1000) - day * 86_400, active.get(key) ?? 0));
  }
  return active;
}

/**
 * Who is in the records that are kept was active, at the latest of their times; and nobody else was, but by
 * records that the truth has. In words what of that does not hold.
 */
export function brokenActivity({ records, active }: StateOnDisk, truth: readonly string[]): string[] {
  const kept = activeIn(records.map(({ line }) => line));
  const real = activeIn(truth);
  const missing = [...kept].filter(([key, second]) => (active.get(key) ?? -1) < second);
  const invented = [...active].filter(([key, second]) => (real.get(key) ?? -1) < second);
  return [
    ...(missing.length === 0
      ? []
      : [`A1 kept, and not counted as active: ${missing.slice(0, 3).join(" | ")}`]),
    ...(invented.length === 0 ? [] : [`A2 active without a record: ${invented.slice(0, 3).join(" | ")}`]),
  ];
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
