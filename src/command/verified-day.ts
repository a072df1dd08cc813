import { type ArchivedDay, type ArchivedUids, compareArchived } from "../evidence/archived-uids.ts";
import { changedEntries, type KnownEntry } from "../evidence/changed-keys.ts";
import { compareExported, type ExportedUids } from "../evidence/exported-uids.ts";
import { lookThrough, type ReadTwin } from "../evidence/look-through.ts";
import { dayDigest } from "../ingest/day-digest.ts";
import type { Lacks } from "../ingest/difference.ts";
import { type Identity, uidOf, uidText } from "../ingest/identity.ts";
import { KnownDay } from "../ingest/known-day.ts";
import { LookedDay } from "../ingest/looked-day.ts";
import type { Cursor } from "../record/reading.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import type { SourceContext } from "../source/source.ts";
import { readRecord } from "../source/wandb-log/read-record.ts";
import type { DayDigest } from "../spool/closed-day.ts";
import type { AskedLookup } from "../spool/event-lookup.ts";
import { type Clock, dayText, utcDayOfMs } from "../time/clock.ts";

/** So many records of each kind are named. */
const mostNamed = 100;
/** An identity of the ledger, bytes. */
const identityBytes = 16;

/** A record that one side has and the other has not. */
export interface NamedRecord {
  /** The uid of the first of its twins. */
  readonly uid: string;
  /** How many of it. */
  readonly count: number;
  readonly time: string | null;
  readonly action: string | null;
}

/** What one side has more than the other. */
export interface Surplus {
  readonly records: number;
  /** Some of them. */
  readonly named: readonly NamedRecord[];
}

type Closing = { readonly closings: number; readonly at: string; readonly reopened: boolean };

/** How a UTC day of a source stands now, as `verify --json` prints it. */
export interface VerifiedDay {
  readonly source: string;
  readonly instance: string;
  readonly day: string;
  /** False: more of it happens, and comes with the next poll. */
  readonly over: boolean;
  /** What the source shows now. */
  readonly shown: Omit<DayDigest, "day">;
  /** Why that is not all of it; null where it is. */
  readonly lack: string | null;
  /** Records that the ledger knows; null where it has forgotten the day, or never knew it. */
  readonly known: number | null;
  /** What it was closed with last; null where it never was. `reopened`: as `isReopened`. */
  readonly closed: (Omit<DayDigest, "day"> & Closing) | null;
  readonly same_digest: boolean | null;
  /** Known, and not shown any more. */
  readonly missing: Surplus;
  /** Shown, and not known. */
  readonly extra: Surplus;
  /** Of these, the ones that stand for each other: the same moment and action, with other values. */
  readonly altered: readonly {
    readonly was: string;
    readonly is: string;
    readonly keys: readonly string[];
  }[];
  /** What another source of the instance shows of the same day. */
  readonly against: {
    readonly source: string;
    readonly shown: Omit<DayDigest, "day">;
    readonly lack: string | null;
    /** The other shows them, and this one does not; and the other way round. */
    readonly missing: Surplus;
    readonly extra: Surplus;
  } | null;
  /** The uids that were exported. */
  readonly exported: ExportedUids | null;
  /** The uids that an output has archived of the instance's day. */
  readonly archived: ArchivedUids | null;
}

/** What is verified, and beside what. */
export interface VerifyingDay {
  readonly source: ConfiguredSource;
  readonly against: ConfiguredSource | undefined;
  readonly archive: Pick<ArchivedDay, "output" | "store"> | undefined;
  readonly day: number;
  readonly lookup: AskedLookup;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly context: SourceContext;
  /** The lines with the uids that were exported. */
  readonly exported: (() => AsyncIterable<string>) | undefined;
}

/** Reads the day again, and compares. Rejects with SourceError, StoreError, NoStateAccess or as stopped. */
export async function verifiedDay(
  verifying: VerifyingDay,
  progress: (records: number) => void,
): Promise<VerifiedDay> {
  const { source, against, archive, day, lookup, stop, exported } = verifying;
  const { instance } = source.origin;
  const name = source.config.name;
  const known = await knownDay(lookup, instance, day);
  const { closed, reopened = false } = await lookup.closed({ source: name, day });
  const fresh = new Map<Identity, ReadTwin>();
  const uids = exported === undefined && archive === undefined ? undefined : new Set<Identity>();
  const looked = new LookedDay(known);
  const lack = await look(verifying, source, looked, progress, (twin) => {
    uids?.add(uidOfTwin(twin, instance, day));
    if (twin.ordinal > known.knownOf(known.numberOf(twin.identity)) && fresh.size < mostNamed)
      fresh.set(twin.identity, copyOf(twin));
  });
  const shown = await digestOf(verifying, looked);
  // Of one that was empty when it was closed there is nothing to forget.
  const isKnown = known.count > 0 || closed === undefined || closed.records === 0;
  const difference = looked.difference(isKnown);
  const [missing, extra] = isKnown ? [difference.extra, difference.missing] : [nothing, nothing];
  const gone = await goneRecords(missing, { lookup, instance, day });
  const there = [...fresh].filter(([identity]) => extra.each.has(identity));
  const others = there.map(([id, { entry }]) => ({ id: uidText(id), entry }));
  return {
    ...{ source: name, instance, day: dayText(day), over: day < utcDayOfMs(verifying.clock.now()) },
    ...{ shown, lack: lack ?? null },
    known: known.count > 0 ? known.count : null,
    closed: closed === undefined ? null : closedOf(closed, reopened),
    same_digest: closed === undefined ? null : closed.digest === shown.digest,
    missing: surplus(missing, gone),
    extra: surplus(extra, others),
    altered: changedEntries(gone, others),
    against: against === undefined ? null : await besides(verifying, against, looked, progress),
    exported: exported && uids ? await compareExported(exported(), new Set(uids)) : null,
    archived:
      archive && uids ? await compareArchived({ ...archive, instance, day, stop, progress }, uids) : null,
  };
}

const nothing: Lacks = { total: 0, each: new Map() };

/** What the ledger knows of a day. */
async function knownDay(lookup: AskedLookup, instance: string, day: number): Promise<KnownDay> {
  const known = new KnownDay();
  for (let after: number | undefined = -1; after !== undefined; ) {
    const step: Awaited<ReturnType<AskedLookup["identities"]>> = await lookup.identities({
      ...{ instance, day, after },
    });
    const bytes = Buffer.from(step.identities, "base64");
    for (let at = 0; at + identityBytes <= bytes.length; at += identityBytes)
      known.add(known.numberOf(bytes.toString("latin1", at, at + identityBytes)), 0);
    after = step.after;
  }
  return known;
}

async function look(
  { day, lookup, clock, stop, context }: VerifyingDay,
  side: ConfiguredSource,
  looked: LookedDay,
  progress: (records: number) => void,
  each?: (twin: ReadTwin) => void,
): Promise<string | undefined> {
  const { sources } = await lookup.sources({});
  const cursor = sources.find((state) => state.source === side.config.name)?.cursor as Cursor | undefined;
  const source = side.create(context);
  try {
    return await lookThrough({ source, day, cursor, clock, stop, progress }, looked, each);
  } finally {
    await source.close();
  }
}

/** What another source shows beside what the first one has shown. */
async function besides(
  verifying: VerifyingDay,
  other: ConfiguredSource,
  first: LookedDay,
  progress: (records: number) => void,
): Promise<VerifiedDay["against"]> {
  const known = new KnownDay();
  for (const at of first.times.marked())
    for (let times = first.times.get(at); times > 0; times--)
      known.add(known.numberOf(first.known.identityOf(at)), 0);
  const looked = new LookedDay(known);
  const fresh = new Map<Identity, ReadTwin>();
  const lack = await look(verifying, other, looked, progress, (twin) => {
    if (twin.ordinal > known.knownOf(known.numberOf(twin.identity)) && fresh.size < mostNamed)
      fresh.set(twin.identity, copyOf(twin));
  });
  const { missing, extra } = looked.difference(true);
  const named = [...fresh].map(([id, { entry }]) => ({ id: uidText(id), entry }));
  return {
    ...{ source: other.config.name, shown: await digestOf(verifying, looked), lack: lack ?? null },
    missing: surplus(missing, named),
    extra: surplus(extra, []),
  };
}

async function digestOf(
  { day, clock, stop }: VerifyingDay,
  { known, times }: LookedDay,
): Promise<Omit<DayDigest, "day">> {
  const { day: _, ...digest } = await dayDigest(day, { known, times }, { clock, stop });
  return digest;
}

function closedOf({ day: _, closing, at, kept: __, ...digest }: ClosedAnswer, reopened: boolean) {
  return { ...digest, closings: closing, at: new Date(at).toISOString(), reopened };
}
type ClosedAnswer = NonNullable<Awaited<ReturnType<AskedLookup["closed"]>>["closed"]>;

/** Those of them that the spool still has. */
async function goneRecords(
  { each }: Lacks,
  { lookup, instance, day }: Pick<VerifyingDay, "lookup" | "day"> & { readonly instance: string },
): Promise<KnownEntry[]> {
  const found: KnownEntry[] = [];
  for (const identity of [...each.keys()].slice(0, mostNamed)) {
    const uid = uidText(identity);
    const { twins } = await lookup.twins({ instance, day, identity: uid, after: -1 });
    const [twin] = twins;
    if (twin === undefined) continue;
    const { record } = await lookup.inAppend({ uid, firstSeq: twin.firstSeq });
    const read = record && readRecord(Buffer.from(record.bytes));
    if (read !== undefined && "entry" in read) found.push({ id: uid, entry: read.entry });
  }
  return found;
}

function surplus({ total, each }: Lacks, entries: readonly KnownEntry[]): Surplus {
  const byUid = new Map(entries.map(({ id, entry }) => [id, entry]));
  const named = [...each].slice(0, mostNamed).map(([identity, count]) => {
    const uid = uidText(identity);
    const entry = byUid.get(uid);
    const [time, action] = ["timestamp", "action"].map((key) => entry?.get(key)?.text ?? null);
    return { uid, count, time: time ?? null, action: action ?? null };
  });
  return { records: total, named };
}

function uidOfTwin({ identity, ordinal, entry, time }: ReadTwin, instance: string, day: number): Identity {
  return ordinal === 1 ? identity : uidOf(entry, time, instance, day, ordinal);
}

/** In memory of its own. */
function copyOf(twin: ReadTwin): ReadTwin {
  return { ...twin, entry: twin.entry.over(Buffer.from(twin.entry.bytes)) };
}
