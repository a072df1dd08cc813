import { parse } from "yaml";
import type { CarriedFolder } from "../carried.ts";
import { isIdKey } from "../record/known-keys.ts";
import { dayMs } from "../time/clock.ts";

/** An event of a rehearsal. */
export interface AttackEvent {
  /** As W&B has it, or as this program tells of itself. */
  readonly record: Readonly<Record<string, unknown>>;
  /** Which events belong together. */
  readonly scenario: string;
}

/** A detection whose events can be sent. */
export interface Attack {
  readonly name: string;
  readonly title: string;
  /** Why nothing can be sent for it; undefined where something can. */
  readonly unsent: string | undefined;
  /** The hour of the day is what it looks at: the times keep it. */
  readonly byHour: boolean;
  /** Formats in which it sees nothing, and why. */
  readonly blindFormats: Readonly<Record<string, string>>;
  /** Whether its rule looks at a key of the record. */
  readonly asksFor: (key: string) => boolean;
}

interface Card {
  readonly title: string;
  readonly sigma?: unknown;
  readonly fields?: readonly string[];
  readonly rehearsal?: { readonly move?: "days"; readonly none?: string };
  readonly blind_formats?: Readonly<Record<string, string>>;
}

/** Every detection that `content` has, by name. */
export function attacksIn(content: CarriedFolder): readonly Attack[] {
  return content
    .names("detections")
    .flatMap((file) => (file.endsWith(".yml") ? [file.slice(0, -4)] : []))
    .sort()
    .map((name) => {
      const card = parse(content.text(`detections/${name}.yml`)) as Card;
      const asked = new Set(JSON.stringify([card.sigma, card.fields]).match(/\w+/g));
      return {
        asksFor: (key) => asked.has(key),
        ...{ name, title: card.title, unsent: card.rehearsal?.none },
        ...{ byHour: card.rehearsal?.move === "days", blindFormats: card.blind_formats ?? {} },
      };
    });
}

interface EventLine {
  readonly scenario: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly repeat?: {
    readonly times: number;
    /** Seconds. */
    readonly every: number;
    /** Keys whose last number is one more each time. */
    readonly step?: readonly string[];
  };
}

/**
 * The events on which a detection fires, or by which it must not be taken in, scenario by scenario, with the
 * times they were written with.
 */
export function attackEvents(
  content: CarriedFolder,
  name: string,
  file: "hits" | "near-misses" = "hits",
): readonly AttackEvent[] {
  return content
    .text(`events/${name}/${file}.ndjson`)
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => repeated(JSON.parse(line) as EventLine));
}

function repeated({ scenario, record, repeat }: EventLine): AttackEvent[] {
  const { times, every, step = [] } = repeat ?? { times: 1, every: 0 };
  return Array.from({ length: times }, (_, count) => {
    const stepped = step.map((key) => [key, steppedBy(record[key], count)]);
    const timestamp = timeText(timeOf(record) + count * every * 1000);
    return { scenario, record: { ...record, ...Object.fromEntries(stepped), timestamp } };
  });
}

function steppedBy(value: unknown, count: number): unknown {
  if (typeof value === "number") return value + count;
  return String(value).replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + count));
}

/** Epoch milliseconds. */
function timeOf(record: AttackEvent["record"]): number {
  return Date.parse(String(record.timestamp));
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Larger than any id that W&B has given, and exact in every format's number. */
const nobodysIds = 9_000_000_000;

/**
 * The same events about users, projects and the like that no W&B has: an alert on a rehearsal keeps quiet
 * about its actor for hours, and must not do so about somebody who is there.
 */
export function aboutNobody(events: readonly AttackEvent[]): AttackEvent[] {
  const moved = (key: string, value: unknown) =>
    typeof value === "number" && value !== 0 && isIdKey(key) ? value + nobodysIds : value;
  return events.map(({ scenario, record }) => {
    const entries = Object.entries(record).map(([key, value]) => [key, moved(key, value)]);
    return { scenario, record: Object.fromEntries(entries) };
  });
}

/** The same events, the newest of each scenario now; by whole days where the hour has to stay. */
export function movedTo(events: readonly AttackEvent[], now: number, byHour: boolean): AttackEvent[] {
  const newest = new Map<string, number>();
  for (const { scenario, record } of events)
    newest.set(scenario, Math.max(newest.get(scenario) ?? 0, timeOf(record)));
  return events.map(({ scenario, record }) => {
    const exact = now - (newest.get(scenario) as number);
    const by = byHour ? Math.floor(exact / dayMs) * dayMs : exact;
    return { scenario, record: { ...record, timestamp: timeText(timeOf(record) + by) } };
  });
}
