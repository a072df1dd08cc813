import { dayText } from "../time/clock.ts";
import { isoWeek } from "../time/iso-week.ts";
import { type DaySpan, spanBefore } from "./activity-period.ts";

/** The days of one user. */
export interface UserDays {
  first: number;
  /** Epoch seconds. */
  last: number;
  days: number;
  before: boolean;
  /** The Monday of the last week that counts the user. */
  week: number;
}

/** Counts users by day, by ISO week, and over a span of days. Each user once, however often seen. */
export class UserCounts {
  readonly #span: DaySpan;
  readonly #before: DaySpan;
  readonly #incomplete: Set<number>;
  readonly #users = new Map<string, UserDays>();
  readonly #days = new Map<number, number>();
  readonly #weeks = new Map<number, number>();

  /** `gaps`: days that could not be shown. */
  constructor(span: DaySpan, gaps: readonly number[]) {
    this.#span = span;
    this.#incomplete = new Set(gaps.filter((day) => within(day, span)));
    this.#before = spanBefore(span);
  }

  /** Days ascend. */
  take(
    day: number,
    users: readonly { readonly user: string; readonly second: number }[],
    more: boolean,
  ): void {
    const { monday } = isoWeek(day);
    const counts = within(day, this.#span);
    const before = within(day, this.#before);
    if (counts && more) this.#incomplete.add(day);
    if (counts) this.#days.set(day, users.length);
    for (const { user, second } of users) {
      const found = this.#users.get(user) ?? { first: day, last: 0, days: 0, before: false, week: -Infinity };
      this.#users.set(user, found);
      found.last = Math.max(found.last, day * 86_400 + second);
      found.before ||= before;
      if (!counts) continue;
      found.days++;
      if (found.week === monday) continue;
      found.week = monday;
      this.#weeks.set(monday, (this.#weeks.get(monday) ?? 0) + 1);
    }
  }

  /** Days of which some may be missing, ascending. */
  incomplete(): number[] {
    return [...this.#incomplete].sort((a, b) => a - b);
  }

  active(): (readonly [user: string, found: UserDays])[] {
    return [...this.#users]
      .filter(([, { days }]) => days > 0)
      .sort(([a, one], [b, other]) => other.days - one.days || other.last - one.last || byId(a, b));
  }

  gone(): (readonly [user: string, found: UserDays])[] {
    return [...this.#users]
      .filter(([, { days, before }]) => before && days === 0)
      .sort(([a, one], [b, other]) => other.last - one.last || byId(a, b));
  }

  perDay() {
    const { from, to } = this.#span;
    return Array.from({ length: to - from + 1 }, (_, index) => ({
      day: dayText(from + index),
      users: this.#days.get(from + index) ?? 0,
    }));
  }

  perWeek() {
    const { from, to } = this.#span;
    const start = isoWeek(from).monday;
    return Array.from({ length: Math.floor((to - start) / 7) + 1 }, (_, index) => {
      const monday = start + 7 * index;
      const whole = monday >= from && monday + 6 <= to;
      const users = this.#weeks.get(monday) ?? 0;
      return { week: isoWeek(monday).name, from: dayText(monday), users, whole };
    });
  }
}

function within(day: number, { from, to }: DaySpan): boolean {
  return from <= day && day <= to;
}

/** Numbers by their value, before texts. */
function byId(a: string, b: string): number {
  const [one, other] = [Number(a), Number(b)];
  if (one !== other && !(Number.isNaN(one) && Number.isNaN(other)))
    return Number.isNaN(one) ? 1 : Number.isNaN(other) ? -1 : one - other;
  return a < b ? -1 : a > b ? 1 : 0;
}
