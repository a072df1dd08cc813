import type { Scrub } from "../../secret/scrub.ts";
import { type Clock, over } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import { type Shelf, type Volume, VolumeError } from "../stored-log/volume.ts";
import type { StoreClient } from "./store-client.ts";
import { type StoreQuestion, storeFault } from "./store-faults.ts";

/** A store that says nothing for so long is given up, milliseconds. */
const silenceMs = 60_000;

/** What a bucket is read with. */
export interface BucketShelfOptions {
  /** Rejects with SourceError where there can be none. */
  readonly client: () => Promise<StoreClient>;
  readonly clock: Clock;
  readonly scrub: Scrub;
}

/** The objects of a bucket. */
export function bucketShelf(options: BucketShelfOptions): Shelf {
  return {
    noun: "object",
    list: ({ stop }) =>
      asking(options, "list", stop, async (client, signal) => client.list(signal)) as AsyncIterable<Volume>,
    open: (volume, from, to, stop) => bytesOf(options, volume, { from, to }, stop),
  };
}

async function* bytesOf(
  options: BucketShelfOptions,
  volume: Volume,
  span: { readonly from: number; readonly to: number },
  stop: AbortSignal,
): AsyncGenerator<Buffer> {
  if (span.from >= span.to) return;
  let left = span.to - span.from;
  const chunks = asking(options, { object: volume.name }, stop, (client, signal) =>
    client.read(volume, span, signal),
  );
  for await (const chunk of chunks) {
    left -= chunk.length;
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  }
  if (left === 0) return;
  throw new SourceError(
    "cut_body",
    `${volume.name} ended ${Math.abs(left)} bytes too ${left > 0 ? "early" : "late"}`,
    "it is read again; if it stays, look at proxies between, and at the store",
  );
}

/**
 * What the store answers, piece by piece, each in time; everything that goes wrong as it concerns a
 * reader.
 */
async function* asking<Part>(
  { client: made, clock, scrub }: BucketShelfOptions,
  asked: StoreQuestion,
  stop: AbortSignal,
  ask: (client: StoreClient, signal: AbortSignal) => Promise<AsyncIterable<Part>>,
): AsyncGenerator<Part> {
  stop.throwIfAborted();
  const client = await made();
  const ended = new AbortController();
  const end = () => ended.abort(stop.reason);
  stop.addEventListener("abort", end, { once: true });
  let parts: AsyncIterator<Part> | undefined;
  try {
    parts = (await inTime(ask(client, ended.signal), clock, ended))[Symbol.asyncIterator]();
    for (;;) {
      const step = await inTime(parts.next(), clock, ended);
      if (step.done === true) return;
      yield step.value;
    }
  } catch (error) {
    stop.throwIfAborted();
    if (error instanceof SourceError || error instanceof VolumeError) throw error;
    throw storeFault(error, client.refusalOf(error), asked, client.words, scrub);
  } finally {
    stop.removeEventListener("abort", end);
    // Whoever stopped in the middle of a body leaves no connection behind.
    void Promise.resolve(parts?.return?.()).catch(() => {});
    ended.abort(over);
  }
}

/** Rejects when nothing comes, or with the reason of the end. */
async function inTime<Value>(value: Promise<Value>, clock: Clock, ended: AbortController): Promise<Value> {
  const came = new AbortController();
  const giveUp = () => came.abort(over);
  ended.signal.addEventListener("abort", giveUp, { once: true });
  value.catch(() => {});
  try {
    const first = await Promise.race([
      value.then((settled) => ({ settled })),
      clock.sleep(silenceMs, came.signal),
    ]);
    ended.signal.throwIfAborted();
    if (first !== undefined) return first.settled;
    ended.abort(over);
    throw new SourceError(
      "timeout",
      `the store said nothing for ${silenceMs / 1000} s`,
      "look at the network, at a proxy or firewall between, and at the store",
    );
  } finally {
    came.abort(over);
    ended.signal.removeEventListener("abort", giveUp);
  }
}
