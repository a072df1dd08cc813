import { isOwnPayload } from "../../../src/event/own-event.ts";
import { brokenActivity } from "./activity.ts";
import { dayOf, expectedUids, lasting } from "./expected.ts";
import type { Delivery } from "./outputs.ts";
import { isFor, isOwn, ownBroken } from "./own.ts";
import type { Rig } from "./rig.ts";
import { attemptMark, unwelcome } from "./source.ts";
import { type StateOnDisk, stateOnDisk } from "./state.ts";

/** What is broken, named by its invariant; empty when all hold. */
export type Broken = string[];

const few = (list: readonly unknown[]) =>
  `${list.length}, such as ${list.slice(0, 3).map(String).join(" | ").slice(0, 600)}`;

/** What must hold of the disk and of the receivers at any moment, also right after a kill. */
export async function brokenNow(rig: Rig): Promise<{ broken: Broken; state: StateOnDisk }> {
  const state = await stateOnDisk(rig.stateDir);
  const broken: Broken = [];
  const check = (holds: boolean, what: () => string) => {
    if (!holds) broken.push(what());
  };
  const { records, head, oldest } = state;
  const ofWandb = records.filter((record) => !isOwn(record));
  check(state.integrity === "ok", () => `the database: ${state.integrity}`);
  check(state.damages === 0, () => `the state was damaged ${state.damages} times`);
  check(
    records.length === head - oldest + 1 && records.every(({ seq }, at) => seq === oldest + at),
    () => `the spool has holes: ${records.length} records from ${oldest} to ${head}`,
  );

  const truth = rig.source.truth();
  broken.push(
    ...brokenActivity(
      state,
      truth.map(({ line }) => line),
    ),
  );
  const expected = expectedUids(
    truth.map(({ line }) => line),
    rig.source.instance,
  );
  const stored = new Map(records.map(({ uid, seq }) => [uid, seq]));
  check(
    stored.size === records.length,
    () => `I3 ${records.length - stored.size} uids are in the spool twice`,
  );
  broken.push(...ownBroken(state));
  const invented = ofWandb.filter(({ uid, line }) => expected.get(uid) !== lasting(line));
  check(
    invented.length === 0,
    () => `I2 records the truth does not have: ${few(invented.map((r) => r.line))}`,
  );

  const guesses = (lines: readonly string[]) => lines.filter((line) => line.includes(attemptMark));
  const real = counted(guesses(truth.map(({ line }) => line)));
  // A uid that is there twice is told above, and by that alone: of what came again the first counts.
  const firstOf = new Map(ofWandb.toReversed().map(({ uid, line }) => [uid, line]));
  const kept = counted(guesses([...firstOf.values()]));
  const wrong = [...kept].filter(([line, count]) => count > (real.get(line) ?? 0));
  check(wrong.length === 0, () => `I2 one log-in attempt in place of another: ${few(wrong)}`);

  for (const { watermark } of state.cursors.values()) {
    if (watermark === undefined) continue;
    // As many as were there: twins are numbered, so a lower number is there too.
    const before = expectedUids(
      truth.filter(({ insertedAt }) => insertedAt < watermark).map(({ line }) => line),
      rig.source.instance,
    );
    const missing = [...before].filter(([uid]) => !stored.has(uid));
    check(missing.length === 0, () => `I6 before the cursor but not on disk: ${few(missing)}`);
  }

  for (const name of rig.outputs.keys()) {
    const row = state.outputs.find((each) => each.name === name);
    if (row === undefined) continue;
    const delivered = new Set(rig.deliveries(name).map(({ uid }) => uid));
    const dead = deadLettersOf(state, name);
    const aside = new Map(besideOf(state, name).map(({ uid, seq }) => [uid, seq]));
    const wanted = records.filter((record) => isFor(record, name));
    const lost = wanted.filter(
      ({ seq, uid }) => seq <= row.position && !delivered.has(uid) && !dead.has(uid) && !aside.has(uid),
    );
    const unwanted = records.filter((record) => !isFor(record, name) && delivered.has(record.uid));
    check(
      unwanted.length === 0,
      () => `I12 ${name}: got what is about itself: ${few(unwanted.map(({ line }) => line))}`,
    );
    const left = records.filter((record) => !isFor(record, name) && record.seq <= row.position).length;
    check(row.filtered === left, () => `I10 ${name}: ${left} are not for it, ${row.filtered} counted`);
    const unknown = [...aside].filter(([uid, seq]) => stored.get(uid) !== seq || seq > row.position);
    check(
      unknown.length === 0,
      () => `I2 ${name}: waits beside it, and is not what is kept: ${few(unknown)}`,
    );
    const twice = [...aside.keys()].filter((uid) => dead.has(uid));
    check(twice.length === 0, () => `I1 ${name}: dead and waiting: ${few(twice)}`);
    check(
      lost.length === 0,
      () => `I1 ${name}: behind its position but neither delivered nor dead: ${few(lost.map((r) => r.line))}`,
    );
    check(row.dead === dead.size, () => `I10 ${name}: ${dead.size} dead letters, ${row.dead} counted`);
    const wrong = [...dead].filter(
      ([uid, seq]) =>
        stored.get(uid) !== seq || seq > row.position || !mayBeDead(rig, name, expected.get(uid)),
    );
    check(wrong.length === 0, () => `I1 ${name}: dead letters without a reason: ${few(wrong)}`);
    const both = [...dead.keys()].filter((uid) => delivered.has(uid));
    check(both.length === 0, () => `I1 ${name}: delivered and dead: ${few(both)}`);
  }
  broken.push(...unbalanced(state));
  return { broken, state };
}

function deadLettersOf({ deadLetters }: StateOnDisk, output: string): Map<string, number> {
  return new Map(deadLetters.filter((row) => row.output === output).map(({ uid, seq }) => [uid, seq]));
}

function besideOf({ side }: StateOnDisk, output: string) {
  return side.filter((row) => row.output === output);
}

function mayBeDead(rig: Rig, output: string, line: string | undefined): boolean {
  return rig.outputs.get(output)?.judges === true && line?.includes(unwelcome) === true;
}

/** I10: fetched - known = new = delivered + filtered + dead + skipped + lost + what really lies beyond the position and beside it. */
function unbalanced(state: StateOnDisk): Broken {
  const broken: Broken = [];
  for (const { source, day, fetched, known, new: fresh } of state.books) {
    if (fetched - known !== fresh) broken.push(`I10 day ${day}: ${fetched} - ${known} is not ${fresh}`);
    const kept = state.records.filter((record) => record.source === source && record.day === day);
    if (state.oldest === 1 && kept.length !== fresh)
      broken.push(`I10 day ${day}: ${fresh} in the books, ${kept.length} on disk`);
    for (const { name, position } of state.outputs) {
      const row = state.outputBooks.find(
        (each) => each.output === name && each.source === source && each.day === day,
      );
      const settled =
        row === undefined ? 0 : row.delivered + row.filtered + row.dead + row.skipped + row.lost;
      const aside = besideOf(state, name).filter((each) => each.source === source && each.day === day).length;
      const pending = kept.filter(({ seq }) => seq > position).length + aside;
      if (fresh !== settled + pending)
        broken.push(`I10 ${name}, day ${day}: ${fresh} is not ${settled} settled + ${pending} pending`);
    }
  }
  return broken;
}

export interface Allowed {
  /** Times that everything in flight may have been sent again. */
  readonly crashes: number;
  readonly batch: number;
  /**
   * The disk lied: damage that was found and mended is right, and so are repeats (under the same uid, observed later), another
   * order, and that neither records that every output had nor dead letters are there any more, nor who was active.
   */
  readonly lies?: boolean;
  /** Outputs that had set events aside before: these come later than others. */
  readonly aside?: ReadonlySet<string>;
}

export interface Final {
  readonly broken: Broken;
  readonly events: number;
  readonly late: number;
  readonly twins: number;
  readonly days: number;
  readonly dead: number;
  readonly repeats: ReadonlyMap<string, number>;
}

/** What must hold when everything was read and delivered. */
export async function brokenAtEnd(rig: Rig, allowed: Allowed): Promise<Final> {
  const { broken, state } = await brokenNow(rig);
  const lines = rig.source.truth().map(({ line }) => line);
  const expected = expectedUids(lines, rig.source.instance);
  const seqs = new Map(state.records.map(({ uid, seq }) => [uid, seq]));
  const everywhere = (uid: string) =>
    [...rig.outputs.keys()].every((name) => rig.deliveries(name).some((delivery) => delivery.uid === uid));
  const unread = [...expected].filter(
    ([uid]) => !seqs.has(uid) && !(allowed.lies === true && everywhere(uid)),
  );
  if (unread.length > 0) broken.push(`I1 never kept: ${few(unread)}`);
  const repeats = new Map<string, number>();
  // An output that set events aside delivers those later.
  const setAside = new Set(
    [...rig.said().matchAll(/"type":"suspected","output":"([^"]+)"/g)].map((found) => found[1]),
  );
  for (const [name, output] of rig.outputs) {
    const dead = deadLettersOf(state, name);
    // With ours, as they are kept; that these are right is known already.
    const ours = state.records.filter((record) => isOwn(record) && isFor(record, name));
    const all = new Map([...expected, ...ours.map(({ uid, line }) => [uid, lastingOrText(line)] as const)]);
    // What a lost state had told cannot be compared with anything.
    if (allowed.lies === true)
      for (const { uid, entry } of rig.deliveries(name))
        if (isOwnPayload(entry) && !all.has(uid)) all.set(uid, lastingOrText(entry));
    if (allowed.lies === true)
      for (const [uid, line] of expected) if (mayBeDead(rig, name, line)) dead.set(uid, seqs.get(uid) ?? 0);
    // A batch is several files where each is of one day.
    const inOrder = !setAside.has(name) && allowed.aside?.has(name) !== true && output.byDay !== true;
    const { problems, repeated } = judgeDeliveries(rig.deliveries(name), {
      expected: all,
      seqs,
      dead,
      inOrder,
    });
    repeats.set(name, repeated);
    const most = (allowed.crashes * output.repeatsAfterCrash + output.ambiguous()) * allowed.batch;
    if (repeated > most) problems.push(`I4 ${repeated} repeats, at most ${most} are right`);
    const position = state.outputs.find((each) => each.name === name)?.position;
    const waiting = besideOf(state, name).length;
    if (waiting > 0) problems.push(`I1 ${waiting} wait beside it`);
    if (position !== state.head) problems.push(`I1 its position is ${position}, the head ${state.head}`);
    broken.push(...problems.map((problem) => problem.replace(" ", ` ${name}: `)));
  }
  const groups = new Set(lines.map(lasting));
  return {
    broken:
      allowed.lies === true
        ? broken.filter((what) => !/^(I3|I4|I5|I6|I10|I12|A1|the state|the spool|I1 \w+: behind)/.test(what))
        : broken,
    events: lines.length,
    late: state.records.filter(({ late }) => late).length,
    twins: lines.length - groups.size,
    days: new Set(lines.map(dayOf)).size,
    dead: state.deadLetters.length,
    repeats,
  };
}

function judgeDeliveries(
  deliveries: readonly Delivery[],
  {
    expected,
    seqs,
    dead,
    inOrder,
  }: {
    readonly expected: ReadonlyMap<string, string>;
    readonly seqs: ReadonlyMap<string, number>;
    readonly dead: ReadonlyMap<string, number>;
    readonly inOrder: boolean;
  },
): { problems: Broken; repeated: number } {
  const problems: Broken = [];
  const first = new Map<string, string>();
  const invented: string[] = [];
  const changed: string[] = [];
  let repeated = 0;
  let newest = 0;
  let disorder = 0;
  for (const { uid, bytes, entry } of deliveries) {
    const before = first.get(uid);
    if (before !== undefined) {
      repeated++;
      if (before !== bytes) changed.push(uid);
      continue;
    }
    first.set(uid, bytes);
    if (expected.get(uid) !== lastingOrText(entry)) invented.push(entry);
    const seq = seqs.get(uid) ?? 0;
    if (seq < newest) disorder++;
    newest = Math.max(newest, seq);
  }
  const lost = [...expected].filter(([uid]) => !first.has(uid) && !dead.has(uid));
  if (lost.length > 0) problems.push(`I1 lost: ${few(lost)}`);
  if (invented.length > 0) problems.push(`I2 invented: ${few(invented)}`);
  if (changed.length > 0) problems.push(`I3 repeats with other bytes: ${few(changed)}`);
  if (disorder > 0 && inOrder) problems.push(`I5 ${disorder} first deliveries out of order`);
  return { problems, repeated };
}

function lastingOrText(entry: string): string {
  try {
    return lasting(entry);
  } catch {
    return entry;
  }
}

function counted(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
