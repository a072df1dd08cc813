import type { Worker } from "node:worker_threads";
import type { OwnedSecret } from "../../config/config.ts";
import type { DeliverSignals } from "../../deliver/deliver-options.ts";
import type { Report, Tell } from "../../report/report.ts";
import { serveSpool } from "../../spool/remote/serve-spool.ts";
import type { DeliverySpool } from "../../spool/spool.ts";
import type { Conditions } from "../../status/conditions.ts";
import { lineOver } from "../../thread/line.ts";
import type { Clock } from "../../time/clock.ts";
import { OtherClock } from "../../time/other-clock.ts";
import type { Wakeup } from "../../time/wakeup.ts";
import type { Delivery } from "../delivery.ts";
import { phases } from "./ordered-signals.ts";
import { lineNames, type Notice, type OrderingLine } from "./orders.ts";
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
}

/** Often enough for a stop that nobody tells. */
const keptMs = 600_000;

/**
 * The delivery in another thread, see `serveDelivery`. `run` rejects as it would here, and with what the
 * thread died of.
 */
export class RemoteDelivery implements Delivery {
  readonly #thread: Pick<Worker, "postMessage" | "on" | "terminate">;
  readonly #line: OrderingLine;
  readonly #options: RemoteDeliveryOptions;
  readonly #otherClock: OtherClock;
  readonly #ended = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #gone = false;
  /** Looks at files that nobody has answered yet, by id. */
  readonly #looks = new Map<number, () => void>();
  #lastLook = 0;

  constructor(thread: Pick<Worker, "postMessage" | "on" | "terminate">, options: RemoteDeliveryOptions) {
    this.#thread = thread;
    this.#options = options;
    this.#otherClock = new OtherClock(options.clock);
    this.#line = lineOver(thread, lineNames.orders);
    // It may fail before it is run, and is asked then.
    this.#ended.promise.catch(() => {});
    serveSpool(options.spool, lineOver(thread, lineNames.spool));
    this.#line.take((notice) => this.#note(notice));
    thread.on("error", (error) => this.#over(error));
    thread.on("exit", (code) =>
      this.#over(new Error(`the thread that delivers ended, with exit code ${code}`)),
    );
  }

  async run(signals: DeliverSignals): Promise<void> {
    const over = new AbortController();
    for (const phase of phases) {
      const pass = () => this.#line.send({ type: phase });
      if (signals[phase].aborted) pass();
      signals[phase].addEventListener("abort", pass, { signal: over.signal });
    }
    this.#line.send({ type: "run" });
    void this.#passOn(over.signal);
    // Where one output ends by itself the others have still to hear of the stop.
    void this.#closed.promise.then(() => over.abort());
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
    if (this.#gone) return;
    const id = ++this.#lastLook;
    this.#line.send({ type: "look_at_files", asked, id });
    await new Promise<void>((resolve) => void this.#looks.set(id, resolve));
  }

  glanceAtFiles(): void {
    // An answer would wake this thread for nothing, every few seconds.
    this.#line.send({ type: "look_at_files", asked: false });
  }

  async close(): Promise<void> {
    this.#line.send({ type: "close" });
    await this.#closed.promise;
    await this.#thread.terminate();
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
