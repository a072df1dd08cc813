import type { HttpAnswer } from "../../net/http/http.ts";
import type { KnownPassages, Piece } from "../../record/passage.ts";
import type { Window } from "../../record/reading.ts";
import type { Scrub } from "../../secret/scrub.ts";
import type { Clock } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import { Decoder, type Ending } from "../wandb-log/decoder.ts";
import type { Entities } from "../wandb-log/entities.ts";
import { frameFacts } from "../wandb-log/frame.ts";
import { notLogs } from "../wandb-log/not-logs.ts";
import { PassageReader } from "../wandb-log/passage-reader.ts";
import { Records } from "../wandb-log/records.ts";
import type { Spread } from "../wandb-log/spread.ts";
import { type BodyLimits, bodyOf } from "./body.ts";
import { type LogRefusal, refusingStatuses } from "./exchange.ts";
import { Pages } from "./pages.ts";
import type { Shown } from "./round/shown.ts";
import type { Underway } from "./skew.ts";

const pageLimit = 20_000;
/**
 * Only its end tells that a later page repeats an earlier one, whose records would count as twins: until it
 * comes they may take so much memory.
 */
const heldOfLaterPage = 3 * 1024 * 1024;

/** What a window is read with. */
export interface WindowOptions {
  /** The query of the window, without `limit` and `cursor`. */
  readonly query: string;
  /** Whether the server took `limit`, where that is known. */
  readonly limit: "accepted" | "refused" | undefined;
  readonly request: (query: string) => Promise<HttpAnswer | LogRefusal>;
  /** Entries before this moment are left out. */
  readonly start: number;
  /** Those from this moment on are left out too. */
  readonly end?: number | undefined;
  /** Those of this span were kept before, so they do not count as left out. */
  readonly keptBefore?: Window | undefined;
  readonly maxLine: number;
  /** Malformed records are taken as they are, however many. */
  readonly acceptMalformed: boolean;
  readonly body: BodyLimits;
  readonly clock: Clock;
  /** Takes the credential out of what is quoted of a broken answer. */
  readonly scrub: Scrub;
  /** Told every entry of the log, where it may be another organization's one day. */
  readonly entities?: Entities | undefined;
  /** Told the time of every entry, where later answers are compared with this one. */
  readonly spread?: Spread | undefined;
  /** What was shown before; absent: everything is read. */
  readonly passages?: KnownPassages | undefined;
}

/** How a window ended. Everything else throws SourceError. */
export type WindowEnd =
  | (Shown & {
      readonly limit: "accepted" | "refused" | undefined;
      /** The body had no byte at all. */
      readonly blank: boolean;
      readonly newest: number | undefined;
      /** Of the last answer. */
      readonly headers: HttpAnswer["headers"];
      readonly asked: Underway;
    })
  /** The server rejects the window as it is; nothing was shown. */
  | { readonly refused: SourceError }
  /** The server no longer takes the cursor it gave. */
  | { readonly cursorRefused: SourceError };

/** Reads one window: one body, or page after page. What cannot be read is counted over all pages. */
export async function* readWindow(options: WindowOptions): AsyncGenerator<Piece, WindowEnd> {
  const records = new Records(options.start, options);
  const pages = new Pages(records);
  let { limit } = options;
  let cursor: string | undefined;
  let range: Window | undefined;
  for (;;) {
    const limited = limit !== "refused";
    const query = [
      options.query,
      limited && `limit=${pageLimit}`,
      cursor !== undefined && `cursor=${encodeURIComponent(cursor)}`,
    ];
    const from = options.clock.now();
    const answer = await options.request(query.filter((part) => part !== false).join("&"));
    const asked = { from, to: options.clock.now() };
    if ("error" in answer) {
      if (!refusingStatuses.has(answer.status)) throw answer.error;
      if (cursor !== undefined) return { cursorRefused: answer.error };
      if (limited && answer.status !== 404) {
        limit = "refused";
        continue;
      }
      if (answer.status === 404) throw answer.error;
      return { refused: answer.error };
    }
    if (limited) limit = "accepted";
    const before = records.total;
    const ending = yield* readBody(answer, pages, records, cursor !== undefined, options);
    const frame = ending.form === "envelope" ? ending.frame : undefined;
    const facts = frame === undefined ? undefined : frameFacts(frame, records.total - before, options.scrub);
    range = facts?.range ?? range;
    cursor = facts?.next;
    if (!pages.ended(cursor)) throw pageLoop();
    if (cursor === undefined) {
      const failure = records.finish();
      // What came before an error is part of the log.
      if (records.size > 0) yield records.take();
      if (failure !== undefined) throw failure;
      const { total, leftOut, times } = records;
      const { perDay, newest } = times;
      const answers = frame === undefined || Array.isArray(frame) ? "ndjson" : "envelope";
      const blank = ending.form === "nothing";
      return {
        answers,
        total,
        leftOut,
        perDay,
        limit,
        blank,
        newest,
        headers: answer.headers,
        asked,
        ...(range !== undefined && { range }),
      };
    }
    records.nextPage();
    // What may be a repetition waits for a page that is none.
    if (!pages.repeating && records.size > 0) yield records.take();
  }
}

async function* readBody(
  answer: HttpAnswer,
  pages: Pages,
  records: Records,
  laterPage: boolean,
  options: WindowOptions,
): AsyncGenerator<Piece, Ending> {
  const passages = laterPage ? undefined : passageReader(records, options);
  const decoder = new Decoder(pages, options.maxLine, options.acceptMalformed, passages);
  try {
    for await (const chunk of bodyOf(answer, options.body, options.clock)) {
      passages?.came(chunk);
      try {
        decoder.push(chunk);
      } catch (error) {
        // What came before it is part of the log, unless it may be a repetition.
        if (records.size > 0 && !laterPage) yield records.take();
        throw error;
      }
      if (laterPage) mustBePage(decoder.form);
      if (pages.circular) throw pageLoop();
      if (!records.full || (laterPage && records.size < heldOfLaterPage)) continue;
      const piece = records.take();
      yield piece;
      passages?.taken(piece);
    }
  } finally {
    answer.discard();
  }
  const ending = decoder.end();
  if (laterPage) mustBePage(ending.form === "nothing" ? "ndjson" : ending.form);
  if (ending.form === "foreign") throw foreign(options.scrub(ending.head));
  if (ending.form === "envelope" && ending.frame === undefined)
    throw cutBody("the answer's JSON does not end");
  if (ending.form === "ndjson" && ending.lastLine === "broken") {
    if (records.size > 0) yield records.take();
    throw records.failure() ?? cutBody("the answer ends in the middle of a record");
  }
  return ending;
}

/** None where every entry has to be seen. */
function passageReader(
  records: Records,
  { passages, entities, maxLine }: WindowOptions,
): PassageReader | undefined {
  return passages && entities === undefined ? new PassageReader(records, passages, maxLine) : undefined;
}

/** What came in place of a page may repeat what earlier pages showed, and would count as twins. */
function mustBePage(form: string | undefined): void {
  if (form === undefined || form === "envelope") return;
  throw new SourceError(
    "not_audit_logs",
    "a later page is no page",
    "it is read again; servers of different versions may be behind one address",
  );
}

function foreign(head: string): SourceError {
  const object = head.startsWith("{");
  return notLogs(object ? "server_error" : "not_audit_logs", head, object);
}

/** The body came whole, but what wrote it stopped too early. */
function cutBody(message: string): SourceError {
  return new SourceError(
    "cut_body",
    message,
    "it is read again; if it stays, look at proxies and timeouts between",
  );
}

function pageLoop(): SourceError {
  return new SourceError(
    "page_loop",
    "the server's pages do not end",
    "it is read again; if it stays, report it to W&B support",
  );
}
