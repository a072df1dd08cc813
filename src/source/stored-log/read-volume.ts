import type { KnownPassages, Piece } from "../../record/passage.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { sizeText } from "../../text/amounts.ts";
import { SourceError } from "../source.ts";
import { Decoder } from "../wandb-log/decoder.ts";
import { PassageReader } from "../wandb-log/passage-reader.ts";
import type { Records } from "../wandb-log/records.ts";
import { contentFault, mustBeWhole } from "./content.ts";
import { type Print, PrintMaker } from "./print.ts";
import { type Coding, sniffed, unpacked } from "./unpack.ts";
import { type Shelf, type Volume, VolumeError } from "./volume.ts";
import type { VolumeAnchor } from "./volume-anchor.ts";
import { WholeLines } from "./whole-lines.ts";

/** Which part of which volume is read, and with what. */
export interface VolumeOptions {
  readonly shelf: Shelf;
  readonly volume: Volume;
  /** The beginning of a line of NDJSON, or of the volume; bytes. */
  readonly from: number;
  /** Where its entries go. */
  readonly records: Records;
  /** Told what is read, and when the entries are from. */
  readonly anchor: VolumeAnchor;
  readonly passages: KnownPassages | undefined;
  readonly maxLine: number;
  readonly acceptMalformed: boolean;
  readonly scrub: Scrub;
  readonly stop: AbortSignal;
}

/** How the bytes of a volume ended. */
export interface VolumeEnd {
  readonly coding: Coding;
  /** Lines were read one by one, so that a later read can go on from one of them. */
  readonly lines: boolean;
  /** How far it was read, bytes of the volume as it is. */
  readonly end: number;
  readonly prints: readonly Print[];
  /** A line waits for its end. */
  readonly half: boolean;
}

/**
 * Shows the entries of a volume. Ends only when the end is proven; a last line that may still be written
 * waits. Throws VolumeError where the content is not what it should be, and what the shelf throws.
 */
export async function* readVolume(options: VolumeOptions): AsyncGenerator<Piece, VolumeEnd> {
  const { shelf, volume, from, stop } = options;
  const raw = shelf.open(volume, from, volume.size, stop);
  const { coding, bytes } = from > 0 ? { coding: "plain" as const, bytes: raw } : await sniffed(raw);
  const text = new VolumeText(options, coding);
  try {
    for await (const chunk of unpacked(coding, bytes, volume.name)) {
      stop.throwIfAborted();
      text.push(chunk);
      yield* text.full();
    }
    return text.end();
  } catch (error) {
    // What came before it is part of the log.
    if (error instanceof VolumeError && options.records.size > 0) yield options.records.take();
    throw error;
  }
}

/** The text of a volume as it comes. */
class VolumeText {
  readonly #options: VolumeOptions;
  readonly #coding: Coding;
  readonly #decoder: Decoder;
  readonly #passages: PassageReader | undefined;
  readonly #lines: WholeLines | undefined;
  readonly #prints: PrintMaker;
  readonly #totalBefore: number;

  constructor(options: VolumeOptions, coding: Coding) {
    const { records, passages, maxLine, acceptMalformed, from } = options;
    this.#options = options;
    this.#coding = coding;
    this.#passages = passages && new PassageReader(records, passages, maxLine);
    this.#decoder = new Decoder(records, maxLine, acceptMalformed, this.#passages);
    this.#lines = coding === "plain" ? new WholeLines(maxLine) : undefined;
    this.#prints = new PrintMaker(from);
    this.#totalBefore = records.total;
  }

  push(chunk: Buffer): void {
    this.#passages?.came(chunk);
    for (const bytes of this.#lines?.push(chunk) ?? [chunk]) this.#decode(bytes);
  }

  *full(): Generator<Piece> {
    const { records } = this.#options;
    if (!records.full) return;
    const piece = records.take();
    yield piece;
    this.#passages?.taken(piece);
  }

  end(): VolumeEnd {
    const { records, scrub } = this.#options;
    const half = this.#endOfLines();
    this.#inVolume(() => mustBeWhole(this.#decoder, records, records.total - this.#totalBefore, scrub));
    return {
      coding: this.#coding,
      lines: this.#decoder.form === "ndjson" && this.#coding === "plain",
      end: this.#options.anchor.offset,
      prints: this.#coding === "plain" ? this.#prints.prints() : [],
      half,
    };
  }

  #decode(bytes: Buffer): void {
    this.#inVolume(() => this.#decoder.push(bytes));
    this.#options.anchor.passed(bytes);
    this.#prints.passed(bytes);
  }

  /** Whether the last line waits. One that closes is whole, also where no line end follows. */
  #endOfLines(): boolean {
    if (this.#lines === undefined) return false;
    const { volume, maxLine } = this.#options;
    const { form } = this.#decoder;
    if (this.#lines.passing && form === "ndjson")
      throw new VolumeError(volume.name, "change", {
        reason: "cut_body",
        message: `${volume.name} ends within a line that is longer than ${sizeText(maxLine)}`,
        fix: "if it is still being written, nothing is to be done; otherwise end the line, or raise read.max_line",
      });
    const { rest, closed } = this.#lines.end();
    if (rest.length === 0) return false;
    const mayGoOn = form === "ndjson" || (form === undefined && /^[\s\ufeff]*[[{]/.test(rest.toString()));
    if (mayGoOn && !closed) return true;
    this.#decode(rest);
    return false;
  }

  /** What is wrong with the content concerns this volume alone. */
  #inVolume(read: () => void): void {
    try {
      read();
    } catch (error) {
      throw error instanceof SourceError ? contentFault(this.#options.volume.name, error) : error;
    }
  }
}
