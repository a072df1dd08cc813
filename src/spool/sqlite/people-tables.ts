/** Where an output's position was at a time, epoch milliseconds, before it moved on. */
export interface MilestoneRow {
  output: string;
  at: number;
  position: number;
}

/** Who was active on a UTC day, see `active-day.ts`. `more`: 1, and others. */
export interface ActiveDayRow {
  instance: string;
  day: number;
  more: number;
  users: Uint8Array;
}

/** The newest name of a user, and when that was active under it, epoch seconds. `service`: 0 or 1. */
export interface PersonRow {
  instance: string;
  user: string;
  name: string | null;
  at: number;
  service: number;
}

/** Their columns, in the order of their seals. */
export const peopleColumns = {
  milestone: ["output", "at", "position"],
  activeDay: ["instance", "day", "more", "users"],
  person: ["instance", "user", "name", "at", "service"],
} as const;
