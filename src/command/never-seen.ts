import type { Config } from "../config/config.ts";
import { ownPrefix } from "../own/own-fact.ts";
import { entryTime } from "../record/entry.ts";
import type { AskedLookup } from "../spool/event-lookup.ts";
import type { SourceState } from "../spool/spool-state.ts";
import { bookDayText } from "../status/book-day-text.ts";
import { clockText } from "../text/amounts.ts";
import { dayMs, dayText, msOfInstant } from "../time/clock.ts";
import type { Sought } from "./sought.ts";

/** Where it was looked for. */
export interface NeverSeenOptions {
  readonly lookup: AskedLookup;
  /** The sources whose logs were meant. */
  readonly sources: Config["sources"];
  /** How long the ledger remembers a UTC day, milliseconds. */
  readonly keepLedger: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What to look at when an event was never seen, one sentence each, the likeliest first. */
export async function neverSeen(
  sought: Sought,
  { lookup, sources, keepLedger, now }: NeverSeenOptions,
): Promise<readonly string[]> {
  const states = (await lookup.sources({})).sources;
  if (sought.by === "uid")
    return [
      ...witnessedTexts(sought.uid, states),
      ...aboutUid,
      ...sources.map(({ config }) => readText(config.name, states)),
      ...aboutWitnesses(sources),
    ];
  const { entry } = sought.raw;
  const time = entry === undefined ? undefined : entryTime(entry);
  if (entry === undefined)
    return [
      `the line is no record: ${sought.raw.fault}. Paste one line as W&B's API or bucket has it, whole`,
    ];
  const named = sources.map(({ config }) => readText(config.name, states));
  if (time === undefined) return ["the line has no timestamp that can be read", ...named];
  const ms = msOfInstant(time);
  const day = Math.floor(time.seconds / 86_400);
  const ledgerDays = Math.floor(keepLedger / dayMs);
  const { books } = await lookup.books({ day });
  const primaries = sources.filter(({ config }) => config.role !== "verify");
  const about = primaries.flatMap(({ config }) =>
    aboutSource(
      config.name,
      states.find(({ source }) => source === config.name),
      { ms, day, fetched: books.find(({ source }) => source === config.name)?.fetched ?? 0 },
    ),
  );
  return [
    ...(ms > now + dayMs ? ["its time is in the future: a source shows it when its day has come"] : []),
    ...(day < Math.floor(now / dayMs) - ledgerDays
      ? [
          `its day is older than what the ledger remembers (spool.keep_ledger: ${ledgerDays} days): it may have been seen`,
        ]
      : []),
    ...about,
    ...aboutWitnesses(sources),
    ...(sought.raw.bytes.includes(ownPrefix) ? [aboutOwn] : []),
    "compare the line with the one that W&B shows now: ids, action, time, address and code are what an event is known by; names and e-mail addresses are not",
  ];
}

const aboutOwn =
  "what the forwarder tells of itself is found by its uid (event.id) alone: none of its lines is in W&B's log";

const aboutUid = [
  "a uid is known by the spool while that keeps its record, and by the ledger after that, if it is the first of its twins: of others, and of records without a time, paste the line",
  "a uid holds the source's instance: one that was made with another `instance` is another one",
  "a heartbeat is known until it is delivered and not longer, and an event of check --send-test-event never is",
];

function aboutWitnesses(sources: Config["sources"]): string[] {
  return sources
    .filter(({ config }) => config.role === "verify")
    .map(
      ({ config: { name } }) =>
        `source ${name} is a witness (role: verify): nothing of it is kept; an hour or more after it was shown something that no other source has, status tells of which days`,
    );
}

/** It is one of those by which a witness's difference is told. */
function witnessedTexts(uid: string, states: readonly SourceState[]): string[] {
  return states.flatMap(({ source, witnessed = [] }) =>
    witnessed
      .filter(({ examples }) => examples.some((each) => each.of === "missing" && each.uid === uid))
      .map(
        ({ day }) =>
          `witness ${source} was shown it, of ${dayText(day)}, and no primary source of its instance has it`,
      ),
  );
}

interface Wanted {
  readonly ms: number;
  readonly day: number;
  readonly fetched: number;
}

function aboutSource(name: string, state: SourceState | undefined, { ms, day, fetched }: Wanted): string[] {
  if (state === undefined) return [`source ${name} was never read`];
  const gap = state.gaps.find((each) => each.day === day);
  if (gap !== undefined)
    return [`source ${name} could not show ${bookDayText(day)} completely: ${gap.reason}`];
  if (state.watermark === undefined) return [`source ${name} was not read completely yet`];
  if (ms >= state.watermark)
    return [
      `source ${name} was read up to ${clockText(new Date(state.watermark).toISOString())}, and the event is later: the next poll may bring it`,
    ];
  if (fetched === 0)
    return [
      `source ${name} has shown nothing of ${dayText(day)}: is that before its start (sources[].start)?`,
    ];
  return [
    `source ${name} has shown records of ${dayText(day)}, read completely up to ${clockText(new Date(state.watermark).toISOString())}, and not this one: is it of this instance, and not from before its start (sources[].start)?`,
  ];
}

function readText(name: string, states: readonly SourceState[]): string {
  const watermark = states.find(({ source }) => source === name)?.watermark;
  return watermark === undefined
    ? `source ${name} was not read completely yet`
    : `source ${name} was read completely up to ${clockText(new Date(watermark).toISOString())}`;
}
