import { nearLogDay } from "../../record/log-days.ts";
import type { Spread } from "./spread.ts";

const daySeconds = 86_400;

/** When a read's entries are from. */
export class Times {
  /** By UTC day; those that no log can have are counted on the nearest beside those that it can. */
  readonly perDay = new Map<number, number>();
  /** Milliseconds of the newest entry. */
  newest: number | undefined;
  private readonly spread: Pick<Spread, "see" | "nextPage"> | undefined;
  private day = -1;
  private ofDay = 0;

  /** `spread` is told every time. */
  constructor(spread: Pick<Spread, "see" | "nextPage"> | undefined) {
    this.spread = spread;
  }

  /** So many entries of one day and ten minutes, the last of them at `newest`. */
  see(seconds: number, entries = 1, newest = seconds): void {
    const day = nearLogDay(Math.floor(seconds / daySeconds));
    if (day !== this.day) this.flush();
    this.day = day;
    this.ofDay += entries;
    this.spread?.see(seconds, entries);
    if (this.newest === undefined || newest * 1000 > this.newest) this.newest = newest * 1000;
  }

  /** What follows is on the next page. */
  nextPage(): void {
    this.spread?.nextPage();
  }

  /** `perDay` is up to date. */
  flush(): void {
    if (this.ofDay > 0) this.perDay.set(this.day, (this.perDay.get(this.day) ?? 0) + this.ofDay);
    this.ofDay = 0;
    this.day = -1;
  }
}
