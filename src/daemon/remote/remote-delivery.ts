import type { OwnedSecret } from "../../config/config.ts";
import type { DeliverSignals } from "../../deliver/deliver-options.ts";
import type { Report, Tell } from "../../report/report.ts";
import { serveSpool } from "../../spool/remote/serve-spool.ts";
import type { DeliverySpool } from "../../spool/spool.ts";
import type { Conditions } from "../../status/conditions.ts";
import { lineOver } from "../../thread/line.ts";
import type { Thread } from "../../thread/start-thread.ts";
import { type Clock, over } from "../../time/clock.ts";
import { OtherClock } from "../../time/other-clock.ts";
import { lookedAgain } from "../../time/turn.ts";
import type { Wakeup } from "../../time/wakeup.ts";
import type { Delivery } from "../delivery.ts";
import { phases } from "./ordered-signals.ts";
import { lineNames, type Notice, type OrderingLine } from "./orders.ts";
import { SignOfLife } from "./sign-of-life.ts";
import { errorOfTrouble } from "./trouble.ts";

/** What a delivery in another thread shares with everybody here. */
export interface RemoteDeliveryOptions {
  readonly spool: DeliverySpool;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly conditions: Pick<Conditions, "ofOutput">;
  /** Wakes when records were kept. */
  readonly kept: Wakeup;
  /** Those of the configuration: what changes there is taken over here. */
  readonly secrets: readonly OwnedSecret[];
  /** How long the thread may take to end after the deadline of a stop, and then to close, milliseconds. */
  readonly endWithinMs: number;
}

/** Whoever asks for a look waits so long for what came of it, milliseconds: half of what `reload` waits. */
const answerWithinMs = 5_000;
/** Closing comes behind the time of a stop, for which a supervisor leaves ten seconds more. */
const closeAtMostMs = 5_000;
/** Often enough for a stop that nobody tells. */
const keptMs = 600_000;

/**
 * The delivery in another thread, see `serveDelivery`. `run` rejects as it would here, and with what the
 * thread died of.
 */
export class RemoteDelivery implements Delivery {
  readonly #thread: Omit<Thread, "takeArrived">;
  readonly #line: OrderingLine;
  readonly #options: RemoteDeliveryOptions;
  readonly #otherClock: OtherClock;
  readonly #ended = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #sign = new SignOfLife();
  #gone = false;
  /** Looks at files that nobody has answered yet, by id. */
  readonly #looks = new Map<number, () => void>();
  #lastLook = 0;

  constructor(thread: Omit<Thread, "takeArrived">, options: RemoteDeliveryOptions) {
    this.#thread = thread;
    this.#options = options;
    this.#otherClock = new OtherClock(options.clock);
    this.#line = lineOver(thread, lineNames.orders);
    // It may fail before it is run, and is asked then.
    this.#ended.promise.catch(() => {});
    serveSpool(options.spool, lineOver(thread, lineNames.spool));
    this.#line.take((notice) => this.#note(notice));
    // It may have died before anybody listened.
    thread.loaded.catch((error) => this.#over(error));
    thread.on("error", (error) => this.#over(error));
    thread.on("exit", (code) =>
      this.#over(new Error(`the thread that delivers ended, with exit code ${code}`)),
    );
  }

  async run(signals: DeliverSignals): Promise<void> {
    const deaf = new AbortController();
    for (const phase of phases) {
      const pass = () => this.#line.send({ type: phase });
      if (signals[phase].aborted) pass();
      signals[phase].addEventListener("abort", pass, { signal: deaf.signal });
    }
    this.#line.send({ type: "run" });
    void this.#passOn(deaf.signal);
    // Where one output ends by itself the others have still to hear of the stop.
    void this.#closed.promise.then(() => deaf.abort());
    if (signals.deadline.aborted) void this.#endSoon();
    signals.deadline.addEventListener("abort", () => void this.#endSoon(), { signal: deaf.signal });
    await this.#ended.promise;
  }

  tryNow(): void {
    this.#line.send({ type: "try_now" });
  }

  flush(): void {
    this.#line.send({ type: "flush" });
  }

  retryNow(): void {
    this.#line.send({ type: "retry_now" });
  }

  async lookAtFiles(asked: boolean): Promise<void> {
    const withinMs = Math.min(this.#options.endWithinMs, answerWithinMs);
    if (await this.#settles(this.#looked(asked), withinMs)) return;
    if (asked)
      this.#options.tell({
        type: "service_trouble",
        text: "the thread that delivers does not answer: whether it has taken over changed files is not known. Where /livez names it, restart the program",
      });
  }

  glanceAtFiles(): void {
    // Each answer would wake this thread for nothing: now and then one is wanted as a sign of life.
    if (this.#sign.look()) void this.#looked(false).then(() => this.#sign.answered());
    else this.#line.send({ type: "look_at_files", asked: false });
  }

  hanging(): readonly string[] {
    return this.#sign.missing ? ["thread delivery"] : [];
  }

  async close(): Promise<void> {
    this.#line.send({ type: "close" });
    const withinMs = Math.min(this.#options.endWithinMs, closeAtMostMs);
    if (!(await this.#settles(this.#closed.promise, withinMs)))
      this.#options.tell({
        type: "service_trouble",
        text: "the thread that delivers hangs while it closes its outputs, and is ended; this is a bug, no event is lost",
      });
    await this.#thread.terminate();
  }

  /** Resolves when the thread says so, or has ended. */
  async #looked(asked: boolean): Promise<void> {
    if (this.#gone) return;
    const id = ++this.#lastLook;
    this.#line.send({ type: "look_at_files", asked, id });
    await new Promise<void>((resolve) => void this.#looks.set(id, resolve));
  }

  /** The deadline of a stop has come: a thread that hangs would keep the process for ever. */
  async #endSoon(): Promise<void> {
    const finished = Promise.race([this.#ended.promise, this.#closed.promise]);
    if (await this.#settles(finished, this.#options.endWithinMs)) return;
    this.#ended.reject(
      new Error(
        "the thread that delivers hangs: the stop has ended it, and what it had not settled is sent again",
      ),
    );
    await this.#thread.terminate();
  }

  /** Whether it is settled in time. Never rejects. */
  async #settles(work: Promise<void>, withinMs: number): Promise<boolean> {
    const settled = new AbortController();
    const note = () => settled.abort(over);
    work.then(note, note);
    await this.#options.clock.sleep(withinMs, settled.signal);
    // A machine that was busy until now has what was told at the same time still to hear.
    if (!settled.signal.aborted) await lookedAgain();
    return settled.signal.aborted;
  }

  #note(notice: Notice): void {
    switch (notice.type) {
      case "report":
        this.#tell(notice.report);
        break;
      case "condition":
        this.#become(notice);
        break;
      case "looked_at_files":
        this.#looks.get(notice.id)?.();
        this.#looks.delete(notice.id);
        break;
      case "ended":
        this.#ended.resolve();
        break;
      case "failed":
        this.#ended.reject(errorOfTrouble(notice.trouble));
        break;
      case "closed":
        this.#closed.resolve();
    }
  }

  #tell(report: Report): void {
    // Before anything is told that may quote the new one.
    if (report.type === "secret_reloaded")
      for (const { owner, secret } of this.#options.secrets) if (owner === report.owner) secret.reload();
    this.#options.tell(report);
  }

  #become({ output, condition, at }: Extract<Notice, { type: "condition" }>): void {
    const clock = this.#otherClock;
    clock.heard(at);
    const since = clock.byOurs(condition.since);
    const stallsAt = clock.byOurs(condition.stallsAt);
    this.#options.conditions.ofOutput(output)({ ...condition, since, stallsAt });
  }

  /** It will not say anything any more. */
  #over(error: unknown): void {
    this.#ended.reject(error);
    this.#gone = true;
    this.#closed.resolve();
    for (const answer of this.#looks.values()) answer();
    this.#looks.clear();
  }

  /** What wakes the loops here wakes those there. */
  async #passOn(stop: AbortSignal): Promise<void> {
    const { kept } = this.#options;
    let mark = kept.mark();
    while (!stop.aborted) {
      await kept.wait(keptMs, stop, mark);
      mark = kept.mark();
      this.#line.send({ type: "kept" });
    }
  }
}
