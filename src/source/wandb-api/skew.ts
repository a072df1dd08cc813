import { unset } from "../../record/log-days.ts";
import { clocksDiffer } from "../../time/clock-difference.ts";

const sane = 48 * 3_600_000;

/** The header has whole seconds. */
const resolutionMs = 1000;

/** When a request was made and when the head of its answer had come, by our clock; epoch milliseconds. */
export interface Underway {
  readonly from: number;
  readonly to: number;
}

/**
 * What a Date header says against our clock, in milliseconds, believed or not. The header was written at some
 * moment while the request was on its way, so what its travel explains is no difference. Undefined where it
 * says nothing.
 */
export function clockGap(date: string | undefined, { from, to }: Underway): number | undefined {
  const server = Date.parse(date ?? "");
  if (Number.isNaN(server)) return undefined;
  return server > to ? server - to : server < from - resolutionMs ? server - from : 0;
}

/**
 * The server's clock minus ours, from its Date header; 0 within a minute. A header that is two days off is
 * not believed, unless our own clock is plainly not set.
 */
export function serverSkew(date: string | undefined, asked: Underway): number {
  const skew = clockGap(date, asked) ?? 0;
  if (!clocksDiffer(skew / 1000)) return 0;
  const ours = unset(asked.from) && !unset(asked.from + skew);
  return Math.abs(skew) <= sane || ours ? skew : 0;
}

/** Whether a difference needs no other witness, milliseconds. */
export function believedAlone(gap: number): boolean {
  return Math.abs(gap) <= sane;
}
