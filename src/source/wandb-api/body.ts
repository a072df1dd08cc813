import { networkFault } from "../../net/http/fault.ts";
import type { HttpAnswer } from "../../net/http/http.ts";
import { type Clock, over } from "../../time/clock.ts";
import { turnOfOthers } from "../../time/turn.ts";
import { SourceError } from "../source.ts";
import { gunzipped } from "../wandb-log/gunzip.ts";

/** What a body must keep to. */
export interface BodyLimits {
  /** Bytes a second over a minute of waiting, from the first byte on; 0 allows any. */
  readonly minRate: number;
  readonly allowUnframed: boolean;
}

const rateSpanMs = 60_000;
/** Who reads a chunk for so many milliseconds lets others have their turn before the next one. */
const longMs = 3;

/**
 * The decoded bytes of an answer. Ends only when the end is proven: by Content-Length or the last chunk, and
 * by gzip's own checksum. Everything else throws SourceError.
 */
export async function* bodyOf(answer: HttpAnswer, limits: BodyLimits, clock: Clock): AsyncGenerator<Buffer> {
  const gzip = codingOf(answer) === "gzip";
  if (!limits.allowUnframed && !isFramed(answer)) {
    throw new SourceError(
      "unframed_body",
      "the answer has neither Content-Length nor chunked transfer coding: its end cannot be proven",
      "mend the proxy in front of W&B, or set read.allow_unframed: true and accept that a cut answer looks whole",
    );
  }
  const raw = timed(answer, limits.minRate, clock);
  yield* givingWay(gzip ? unpacked(raw) : raw, clock);
}

/**
 * What has arrived comes in one turn of the event loop, which is up to two megabytes: as many records as that
 * may be, or what is waited with.
 */
async function* givingWay(chunks: AsyncIterable<Buffer>, clock: Clock): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    const began = clock.monotonic();
    yield chunk;
    if (clock.monotonic() - began >= longMs) await turnOfOthers();
  }
}

function isFramed({ headers }: HttpAnswer): boolean {
  return (
    headers["content-length"] !== undefined ||
    /(^|[\s,])chunked\s*$/i.test(headers["transfer-encoding"] ?? "")
  );
}

function codingOf({ headers }: HttpAnswer): "gzip" | "identity" {
  const coding = (headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (coding === "gzip" || coding === "x-gzip") return "gzip";
  if (coding === "identity" || coding === "") return "identity";
  throw badEncoding(`the answer has a content coding that nobody asked for: ${coding.slice(0, 60)}`);
}

/**
 * Fails a body that comes too slowly, or no further. Only time spent waiting for the server counts, and not
 * the time before the first byte: how long an answer takes to begin is limited with the read as a whole.
 */
async function* timed(answer: HttpAnswer, minRate: number, clock: Clock): AsyncGenerator<Buffer> {
  const pieces = answer.body[Symbol.asyncIterator]();
  const next = () =>
    pieces.next().catch((error: unknown) => {
      throw cutBody(error);
    });
  const pace = new Pace(minRate, clock);
  try {
    let piece = await next();
    while (piece.done !== true) {
      pace.came(piece.value.length);
      yield piece.value;
      piece = await pace.during(next(), () => answer.discard());
    }
  } finally {
    await pieces.return?.();
  }
}

/** How fast a body comes, over spans of a minute of waiting. */
class Pace {
  readonly #minRate: number;
  readonly #clock: Clock;
  #waitedMs = 0;
  #bytes = 0;

  constructor(minRate: number, clock: Clock) {
    this.#minRate = minRate;
    this.#clock = clock;
  }

  came(bytes: number): void {
    this.#bytes += bytes;
    this.#check();
  }

  /** Waits for a piece. Rejects when the minute is over and too little came; `giveUp` is called then. */
  async during<T>(piece: Promise<T>, giveUp: () => void): Promise<T> {
    for (;;) {
      const began = this.#clock.monotonic();
      const came = new AbortController();
      const silence = this.#clock.sleep(rateSpanMs - this.#waitedMs, came.signal);
      const first = await Promise.race([piece, silence]).finally(() => {
        came.abort(over);
        this.#waitedMs += this.#clock.monotonic() - began;
      });
      if (first !== undefined) return first;
      try {
        this.#check();
      } catch (error) {
        piece.catch(() => {});
        giveUp();
        throw error;
      }
    }
  }

  #check(): void {
    if (this.#waitedMs < rateSpanMs) return;
    if (this.#bytes < (this.#minRate * this.#waitedMs) / 1000) throw tooSlow(this.#bytes, this.#waitedMs);
    this.#waitedMs = 0;
    this.#bytes = 0;
  }
}

/**
 * One gzip coding, to its checksum. How far it unpacks is no measure of anything: an honest day does so to
 * several hundred times its size, and deflate ends at 1,032 by itself. What is unpacked is never held, only
 * what a record may take.
 */
async function* unpacked(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* gunzipped(raw);
  } catch (error) {
    throw error instanceof SourceError
      ? error
      : badEncoding(`the answer's gzip coding is broken (${codeOf(error)})`);
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? "unknown");
}

function badEncoding(message: string): SourceError {
  return new SourceError(
    "bad_encoding",
    message,
    "it is read again; if it stays, switch compression off in the proxy in front of W&B",
  );
}

function tooSlow(bytes: number, waitedMs: number): SourceError {
  const seconds = Math.round(waitedMs / 1000);
  return new SourceError(
    "too_slow",
    `only ${bytes} bytes came in ${seconds} s`,
    "look at the network and at the W&B server's load, or lower read.min_rate",
  );
}

function cutBody(error: unknown): SourceError {
  const fault = networkFault(error, "the answer's body");
  if (fault.reason === "bad_answer")
    return new SourceError("bad_answer", fault.detail, fault.fix, { cause: error });
  const reason = fault.reason === "connection_lost" || fault.reason === "connect" ? "cut_body" : fault.reason;
  return new SourceError(reason, `the answer was cut: ${fault.detail}`, fault.fix, { cause: error });
}
