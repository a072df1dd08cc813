import { dayMs } from "./clock.ts";

/** A week of ISO 8601: it begins on a Monday and is of the year that has its Thursday. */
export interface IsoWeek {
  /** `2026-W53`. */
  readonly name: string;
  /** Its Monday, days since 1970-01-01. */
  readonly monday: number;
}

const weekDays = 7;
/** 1970-01-01 was a Thursday. */
const mondayToEpoch = 3;

/** The week of a UTC day, days since 1970-01-01. */
export function isoWeek(day: number): IsoWeek {
  const monday = day - mod(day + mondayToEpoch, weekDays);
  const thursday = monday + 3;
  const year = new Date(thursday * dayMs).getUTCFullYear();
  const newYear = Date.UTC(year, 0, 1) / dayMs;
  const week = Math.floor((thursday - newYear) / weekDays) + 1;
  return { name: `${String(year).padStart(4, "0")}-W${String(week).padStart(2, "0")}`, monday };
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
