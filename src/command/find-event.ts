import { knownAs } from "../ingest/known-as.ts";
import type { RawRecord, SpooledRecord } from "../record/record.ts";
import { readRecord } from "../source/wandb-log/read-record.ts";
import type { AskedLookup, KnownTwin } from "../spool/event-lookup.ts";
import type { Sought } from "./sought.ts";

/** An event that the state knows something of. */
export interface FoundEvent {
  readonly uid: string;
  /** Whose log it is from; absent where its source is not configured any more. */
  readonly instance?: string;
  readonly identity?: string;
  /** Ledger day. */
  readonly day?: number;
  /** How the ledger knows it; absent where it has forgotten it. */
  readonly twin?: KnownTwin;
  /** How many of its identity the ledger knows. */
  readonly twins: number;
  /** Absent where neither the spool nor a dead letter has it any more. */
  readonly record?: SpooledRecord;
  /** Where its record is gone, the line that was asked about. */
  readonly line?: RawRecord;
}

/** Where is looked, and how it is told how far that is. */
export interface FindOptions {
  readonly lookup: AskedLookup;
  /** In the logs of these. */
  readonly instances: readonly string[];
  /** The instance that a source reads; undefined where it is not configured. */
  readonly instanceOf: (source: string) => string | undefined;
  /** What is looked through, and which part of it has been, from 0 to 1. */
  readonly progress: (what: string, part: number) => void;
}

/** Every event that is meant: of a line each of its twins, in the log of each instance. */
export function findEvents(sought: Sought, options: FindOptions): Promise<readonly FoundEvent[]> {
  return sought.by === "uid" ? byUid(sought.uid, options) : byLine(sought.raw, options);
}

async function byLine(raw: RawRecord, options: FindOptions): Promise<readonly FoundEvent[]> {
  const found: FoundEvent[] = [];
  for (const instance of options.instances) {
    const { identity, day, uidsOf } = knownAs(raw, instance);
    const twins = await knownTwins(options.lookup, { instance, identity, day });
    for (const twin of twins) {
      const [uid = "", record] = await recordOf(uidsOf(twin), twin, options.lookup);
      const kept = record === undefined ? { line: raw } : { record };
      found.push({ uid, instance, identity, day, twin, twins: twins.length, ...kept });
    }
  }
  return found;
}

async function byUid(uid: string, options: FindOptions): Promise<readonly FoundEvent[]> {
  const { lookup, instanceOf } = options;
  const record = (await lookup.beside({ uid })).record ?? (await scanned(uid, options));
  if (record === undefined) return forgotten(uid, options);
  const instance = instanceOf(record.source);
  if (instance === undefined) return [{ uid, twins: 0, record }];
  const bytes = Buffer.from(record.bytes);
  const { identity, day, uidsOf } = knownAs({ bytes, ...readRecord(bytes) }, instance);
  const twins = await knownTwins(lookup, { instance, identity, day });
  const twin = twins.find((each) => uidsOf(each).includes(uid));
  return [{ uid, instance, identity, day, ...(twin && { twin }), twins: twins.length, record }];
}

/** The newest record with this uid in the spool. */
async function scanned(uid: string, { lookup, progress }: FindOptions): Promise<SpooledRecord | undefined> {
  const { oldest, head } = await lookup.extent({});
  for (let before = head + 1; before > oldest; ) {
    progress("the spool", (head + 1 - before) / Math.max(1, head + 1 - oldest));
    const step = await lookup.scan({ uid, before });
    if (step.record !== undefined) return step.record;
    before = step.before;
  }
  return undefined;
}

/** A uid is the identity of the first of its twins: the ledger remembers that longer than the spool does. */
async function forgotten(uid: string, { lookup, instances, progress }: FindOptions): Promise<FoundEvent[]> {
  for (const instance of instances) {
    const { days } = await lookup.days({ instance });
    for (const [index, day] of days.entries()) {
      progress(`the ledger of ${instance}`, index / days.length);
      const twins = await knownTwins(lookup, { instance, identity: uid, day });
      const [twin] = twins;
      if (twin !== undefined) return [{ uid, instance, identity: uid, day, twin, twins: twins.length }];
    }
  }
  return [];
}

/** In the order of their ordinals; of one that was lost and came again, what came last counts. */
async function knownTwins(
  lookup: AskedLookup,
  known: { readonly instance: string; readonly identity: string; readonly day: number },
): Promise<readonly KnownTwin[]> {
  const byOrdinal = new Map<number, KnownTwin>();
  for (let after: number | undefined = -1; after !== undefined; ) {
    const step: Awaited<ReturnType<AskedLookup["twins"]>> = await lookup.twins({ ...known, after });
    for (const twin of step.twins) byOrdinal.set(twin.ordinal, twin);
    after = step.after;
  }
  return [...byOrdinal.values()].sort((a, b) => a.ordinal - b.ordinal);
}

async function recordOf(
  uids: readonly string[],
  { firstSeq }: KnownTwin,
  lookup: AskedLookup,
): Promise<readonly [uid: string | undefined, record?: SpooledRecord]> {
  for (const uid of uids) {
    const found = (await lookup.inAppend({ uid, firstSeq })).record ?? (await lookup.beside({ uid })).record;
    if (found !== undefined) return [uid, found];
  }
  return [uids[0]];
}
