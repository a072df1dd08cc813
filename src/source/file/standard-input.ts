import type { Piece } from "../../record/passage.ts";
import type { Cursor, DayDone, ReadDone } from "../../record/reading.ts";
import { type Start, startMoment } from "../../schema/start.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { type Clock, over } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import { contentFault, mustBeWhole } from "../stored-log/content.ts";
import { shelfCursorOf } from "../stored-log/shelf-progress.ts";
import { sniffed, unpacked } from "../stored-log/unpack.ts";
import { VolumeError } from "../stored-log/volume.ts";
import { Decoder } from "../wandb-log/decoder.ts";
import { Records } from "../wandb-log/records.ts";

/** After so long a silence what came is kept, and waits for no more; milliseconds. */
const silenceMs = 500;
const name = "standard input";

/** What a stream is read with. */
export interface StandardInputOptions {
  /** The stream; asked for when it is read first. */
  readonly stream: () => AsyncIterable<Buffer>;
  readonly clock: Clock;
  readonly start: Start;
  readonly maxLine: number;
  readonly scrub: Scrub;
}

/**
 * Reads a stream to its end, once: nothing of it can be asked for again. It is one read, so that twins are
 * counted over all of it; where that one is given up, the next goes on with what was not kept. What is
 * malformed is taken as it is.
 */
export class StandardInput {
  readonly #options: StandardInputOptions;
  readonly #since: number;
  readonly #records: Records;
  readonly #decoder: Decoder;
  readonly #chunks: AsyncIterator<Buffer>;
  #next: Promise<IteratorResult<Buffer>> | undefined;
  /** Shown, and not known to be kept. */
  #shown: Piece = [];
  #ended = false;

  constructor(options: StandardInputOptions) {
    const { stream, clock, start, scrub, maxLine } = options;
    this.#options = options;
    this.#since = startMoment(start, clock.now());
    this.#records = new Records(this.#since, { scrub, acceptMalformed: true });
    this.#decoder = new Decoder(this.#records, maxLine, true);
    this.#chunks = unpackedText(stream)[Symbol.asyncIterator]();
  }

  /** As `Source.read`. */
  async *read(
    _cursor: Cursor | undefined,
    stop: AbortSignal,
    owed: readonly number[] = [],
  ): AsyncGenerator<Piece, ReadDone> {
    yield* this.#keep();
    while (!this.#ended) {
      stop.throwIfAborted();
      yield* this.#step(stop);
    }
    return this.#done(owed.map((day) => ({ day, reason: `${name} cannot be read again` })));
  }

  /** As `Source.readDay`. */
  async *readDay(): AsyncGenerator<Piece, DayDone> {
    yield [];
    return { whole: true, gap: `${name} cannot be read again` };
  }

  async *#step(stop: AbortSignal): AsyncGenerator<Piece> {
    const { clock } = this.#options;
    this.#next ??= this.#chunks.next();
    const next = this.#next;
    const came = new AbortController();
    const stopped = () => came.abort(over);
    stop.addEventListener("abort", stopped, { once: true });
    const first = await Promise.race([next, clock.sleep(silenceMs, came.signal)])
      .catch((error: unknown) => error as Error)
      .finally(() => {
        came.abort(over);
        stop.removeEventListener("abort", stopped);
      });
    stop.throwIfAborted();
    if (first === undefined) {
      yield* this.#take();
      return;
    }
    this.#next = undefined;
    try {
      if (first instanceof Error) throw first;
      if (first.done === true) this.#end();
      else this.#decoder.push(first.value);
    } catch (error) {
      this.#ended = true;
      yield* this.#take();
      throw faultOf(error);
    }
    if (this.#records.full || this.#ended) yield* this.#take();
  }

  #end(): void {
    this.#ended = true;
    mustBeWhole(this.#decoder, this.#records, this.#records.total, this.#options.scrub);
    const failure = this.#records.finish();
    if (failure !== undefined) throw failure;
  }

  async *#take(): AsyncGenerator<Piece> {
    if (this.#records.size === 0) return;
    this.#shown = this.#records.take();
    yield* this.#keep();
  }

  /** Nobody can show it once more: it is kept before anything else comes. */
  async *#keep(): AsyncGenerator<Piece> {
    if (this.#shown.length === 0) return;
    yield this.#shown;
    yield [];
    this.#shown = [];
  }

  #done(gaps: ReadDone["gaps"]): ReadDone {
    const { clock, start } = this.#options;
    const { leftOut } = this.#records;
    const row = { id: name, name, version: "", size: 0, changedAt: 0, leftOut };
    return {
      next: shelfCursorOf({ start: this.#since, wanted: start, rows: leftOut > 0 ? [row] : [], before: 0 }),
      caughtUp: true,
      covered: { from: 0, to: 0 },
      watermark: clock.now(),
      since: this.#since,
      gaps,
      notices: [],
    };
  }
}

async function* unpackedText(stream: () => AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { coding, bytes } = await sniffed(stream());
  yield* unpacked(coding, bytes, name);
}

function faultOf(error: unknown): unknown {
  const fault = error instanceof SourceError ? contentFault(name, error) : error;
  if (!(fault instanceof VolumeError)) return error;
  const fix = "what came before it is kept; give the rest again: what is known is not delivered twice";
  return new SourceError(fault.reason, fault.message, fix);
}
