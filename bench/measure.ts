import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Daemon, startDaemon } from "./daemon.ts";
import { type Path, plainHec } from "./paths.ts";
import type { Remote } from "./remote/remote.ts";

const longestMs = 3_600_000;
/** Bodies in gzip cannot be counted on the way: when none came for so long, the daemon is asked. */
const quietNs = 300e6;
/** The last commit comes after the last answer. */
const settleMs = 300;

/** Where everything is measured. */
export interface Place {
  readonly folder: string;
  readonly remote: Remote;
  /** The day that the log is of. */
  readonly day: string;
  /** A log of so many entries of that day. */
  log(count: number): string;
}

/** What one piece of work took. */
export interface Cost {
  readonly key: string;
  readonly name: string;
  readonly events: number;
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly peakMiB: number;
}

/** The state of one daemon after the other. */
export interface Workplace {
  start(outputs: readonly string[]): Promise<Daemon>;
  remove(): void;
}

/** An empty state, on the disk of the run's folder. */
export function workplace({ folder, remote, day }: Place): Workplace {
  const own = mkdtempSync(join(folder, "daemon-"));
  return {
    start: (outputs) => startDaemon({ folder: own, remote, day, outputs }),
    remove: () => rmSync(own, { recursive: true, force: true }),
  };
}

/** Waits until it holds. Throws when the daemon ends, and after an hour. */
export async function until(daemon: Daemon, what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const began = performance.now(); !(await holds()); await sleep(50)) {
    daemon.mustLive();
    if (performance.now() - began > longestMs) throw new Error(`${what}: not done after an hour`);
  }
}

interface Spent {
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/**
 * What the daemon has spent once the work is done. `done` looks from outside, and when that looks good gives a way to ask
 * the daemon itself, which costs it something: so what counts is taken before.
 */
async function whenDone(
  daemon: Daemon,
  what: string,
  done: () => Promise<(() => Promise<boolean>) | undefined>,
): Promise<Spent> {
  let spent = { cpuSeconds: 0, peakMiB: 0 };
  await until(daemon, what, async () => {
    const ask = await done();
    if (ask === undefined) return false;
    await sleep(settleMs);
    spent = { cpuSeconds: daemon.cpuSeconds(), peakMiB: daemon.peakMiB() };
    return ask();
  });
  return spent;
}

/**
 * From the start of a daemon without state to the last event's arrival, through one output or several: start-up is
 * included in CPU, and the rate counts from when the log is asked for. Throws when an event did not arrive.
 */
export async function firstRead(place: Place, path: Path, count: number, outputs = 1) {
  const { remote } = place;
  const expected = count * outputs;
  const work = workplace(place);
  await remote.serve(place.log(count));
  const written = path.watch?.(remote);
  const counts = async () => ({ ...(await remote.counts()), ...written?.() });
  const daemon = await work.start(Array.from({ length: outputs }, (_, nth) => path.output(remote, nth)));
  const spent = await whenDone(daemon, path.name, async () => {
    const { events, requests, lastNs } = await counts();
    const quiet = Number(process.hrtime.bigint()) - lastNs > quietNs;
    if (path.zipped ? requests === 0 || !quiet : events < expected) return undefined;
    return async () => (await daemon.metric("events_delivered_total")) >= expected;
  });
  const { events, askedNs, lastNs } = await counts();
  const arrived = path.zipped ? await remote.zippedEvents() : events;
  if (arrived !== expected) throw new Error(`${path.name}: ${arrived} of ${expected} events arrived`);
  const row: Cost = {
    key: path.key,
    name: path.name,
    events: count,
    cpuMicros: (spent.cpuSeconds / count) * 1e6,
    perSecond: count / ((lastNs - askedNs) / 1e9),
    peakMiB: spent.peakMiB,
  };
  return { row, daemon, work };
}

/** CPU and memory of a daemon that finds an empty log: what every row has in it once. */
export interface StartUp {
  readonly cpuMs: number;
  readonly peakMiB: number;
}

/** Starts a daemon that has nothing to do. */
export async function measureStartUp(place: Place): Promise<StartUp> {
  const work = workplace(place);
  await place.remote.serve(place.log(0));
  const daemon = await work.start([plainHec.output(place.remote)]);
  await until(daemon, "the start", async () => (await place.remote.counts()).readsEnded > 0);
  await sleep(settleMs);
  const startUp = { cpuMs: daemon.cpuSeconds() * 1000, peakMiB: daemon.peakMiB() };
  await daemon.end();
  work.remove();
  return startUp;
}

/** What a path costs. */
export async function measurePath(place: Place, path: Path, count: number): Promise<Cost> {
  const { row, daemon, work } = await firstRead(place, path, count);
  await daemon.end();
  work.remove();
  return row;
}

/** The day's log once more, every line of which is known: `nth` names the read. */
export async function readAgain(place: Place, daemon: Daemon, count: number, nth: string): Promise<Cost> {
  const { remote } = place;
  const before = await remote.counts();
  const fetched = await daemon.metric("records_fetched_total");
  const cpuBefore = daemon.cpuSeconds();
  daemon.forgetPeak();
  const beganNs = process.hrtime.bigint();
  daemon.poll();
  let seconds = 0;
  const spent = await whenDone(daemon, `the ${nth} read`, async () => {
    const { readsEnded } = await remote.counts();
    if (readsEnded === before.readsEnded) return undefined;
    seconds = Number(process.hrtime.bigint() - beganNs) / 1e9;
    return async () => (await daemon.metric("records_fetched_total")) >= fetched + count;
  });
  const after = await remote.counts();
  if (after.events !== before.events)
    throw new Error(`the ${nth} read sent ${after.events - before.events} events`);
  return {
    key: "reread",
    name: `re-read of known lines, ${nth} read`,
    events: count,
    cpuMicros: ((spent.cpuSeconds - cpuBefore) / count) * 1e6,
    perSecond: count / seconds,
    peakMiB: spent.peakMiB,
  };
}

/** A day read for the first time, and twice more. */
export async function measureDay(place: Place, count: number): Promise<readonly [Cost, Cost, Cost]> {
  const { row, daemon, work } = await firstRead(place, plainHec, count);
  const second = await readAgain(place, daemon, count, "second");
  const third = await readAgain(place, daemon, count, "third");
  await daemon.end();
  work.remove();
  return [row, second, third];
}

/** How a daemon starts over a backlog, milliseconds from its start to the first events' arrival. */
export interface BacklogStart {
  readonly backlog: number;
  readonly firstSendMs: number;
  readonly peakMiB: number;
  /** CPU of reading and keeping what the output did not take, per record. */
  readonly keptMicros: number;
}

/** Fills the spool while the output takes nothing, ends the daemon and starts it with an output that takes all. */
export async function measureStart(place: Place, count: number): Promise<BacklogStart> {
  const { remote } = place;
  const work = workplace(place);
  await remote.serve(place.log(count));
  await remote.busy(true);
  const filler = await work.start([plainHec.output(remote)]);
  await until(filler, "filling the spool", async () => {
    if ((await remote.counts()).readsEnded === 0) return false;
    return (await filler.metric("records_new_total")) >= count;
  });
  await sleep(settleMs);
  const keptMicros = (filler.cpuSeconds() / count) * 1e6;
  await filler.end();
  await remote.busy(false);
  await remote.serve(place.log(count));
  const daemon = await work.start([plainHec.output(remote)]);
  await until(daemon, "the first send", async () => (await remote.counts()).firstNs !== 0);
  const firstSendMs = ((await remote.counts()).firstNs - daemon.startedNs) / 1e6;
  await until(daemon, "the backlog", async () => (await remote.counts()).events >= count);
  const peakMiB = daemon.peakMiB();
  await daemon.end();
  work.remove();
  return { backlog: count, firstSendMs, peakMiB, keptMicros };
}
