import { utcDayOfMs } from "../time/clock.ts";

/**
 * The stand-in server's audit log: lines of JSON per UTC
 * day. What it holds is what tests compare with.
 */
export class WandbLog {
  private readonly byDay = new Map<number, string[]>();
  private readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  /** Adds entries at the end of their day. */
  append(...lines: readonly string[]): void {
    for (const line of lines) this.dayOf(dayOfLine(line)).push(line);
  }

  /** Adds entries at random places of their day, as W&B does with what it flushes late. */
  late(...lines: readonly string[]): void {
    for (const line of lines) {
      const day = this.dayOf(dayOfLine(line));
      day.splice(Math.floor(this.random() * (day.length + 1)), 0, line);
    }
  }

  /** Adds a second entry that is identical to a random one; gives it back, if there is any. */
  twin(): string | undefined {
    const lines = this.all();
    const line = lines[Math.floor(this.random() * lines.length)];
    if (line !== undefined) this.late(line);
    return line;
  }

  /**
   * Changes a text in every entry, as the renaming of a
   * project does: names are filled in when the log is read.
   */
  rename(from: string, to: string): void {
    const [before, after] = [JSON.stringify(from), JSON.stringify(to)];
    for (const [day, lines] of this.byDay)
      this.byDay.set(
        day,
        lines.map((line) => line.replaceAll(before, after)),
      );
  }

  /** Another order for every day. */
  shuffle(): void {
    for (const lines of this.byDay.values())
      for (let at = lines.length - 1; at > 0; at--) {
        const other = Math.floor(this.random() * (at + 1));
        [lines[at], lines[other]] = [lines[other] as string, lines[at] as string];
      }
  }

  /** Loses all but the first `keep` entries of a day. */
  shrink(day: number, keep: number): void {
    this.byDay.set(day, this.day(day).slice(0, keep));
  }

  day(day: number): readonly string[] {
    return this.byDay.get(day) ?? [];
  }

  /** Every entry, oldest day first. */
  all(): string[] {
    return [...this.byDay.keys()].sort((a, b) => a - b).flatMap((day) => this.byDay.get(day) ?? []);
  }

  private dayOf(day: number): string[] {
    const lines = this.byDay.get(day) ?? [];
    this.byDay.set(day, lines);
    return lines;
  }
}

function dayOfLine(line: string): number {
  const time = /"timestamp":"([^"]*)"/.exec(line)?.[1];
  return utcDayOfMs(Date.parse(time ?? "") || 0);
}
