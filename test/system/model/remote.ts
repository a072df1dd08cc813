import type { Output, SendResult } from "../../../src/output/output.ts";
import { type Sent, sentOf } from "../../fake/payloads.ts";
import type { Life } from "./process.ts";
import { natureOf } from "./truth.ts";

/** What a remote does with the next batch; `fair` judges every event by its nature. */
export const answers = [
  "fair",
  "slow",
  "busy",
  "busy_but_taken",
  "half_taken",
  "cut",
  "cut_after_half",
  "unauthorized",
  "refuse",
  "refuse_first",
  "reject_some",
  "too_large",
  "hang",
  "hang_but_taken",
  "dies",
  "dies_but_taken",
] as const;
export type Answer = (typeof answers)[number];

/** How a remote names what it will never take. */
export type Manners = "says_nothing" | "names_culprit" | "takes_what_stood_before" | "rejects_partly";

interface Taken {
  readonly uid: string;
  readonly text: string;
}

/** The far end of one output, across all lives of the daemon. */
export class Remote {
  readonly taken: Taken[] = [];
  /** Events of batches that were refused or rejected: only these may become dead letters. */
  readonly blamed = new Set<string>();
  /** Events that were refused or rejected by name: others went before them. */
  readonly passedOver = new Set<string>();
  /** How often nobody could know whether a batch was taken. */
  ambiguous = 0;
  script: Answer[] = [];
  /** Called when the script has come to its end. */
  scriptDone: () => void = () => {};
  readonly #manners: Manners;

  constructor(manners: Manners) {
    this.#manners = manners;
  }

  output(life: Life): Output {
    return {
      encode: (event, into) => into.text(event.raw),
      send: (batch, deadline) => {
        const sending = this.#send(sentOf(batch), deadline, life);
        // The loop may have died of something else while this was under way.
        sending.catch(() => {});
        return sending;
      },
      probe: async () => [],
      close: async () => {},
    };
  }

  async #send(batch: readonly Sent[], deadline: AbortSignal, life: Life): Promise<SendResult> {
    life.live();
    const answer = this.script.shift() ?? "fair";
    if (this.script.length === 0) this.scriptDone();
    const result = await this.#answer(answer, batch, deadline, life);
    life.live();
    return result;
  }

  async #answer(
    answer: Answer,
    batch: readonly Sent[],
    deadline: AbortSignal,
    life: Life,
  ): Promise<SendResult> {
    switch (answer) {
      case "slow":
        await new Promise((resolve) => setImmediate(resolve));
        return this.#judge(batch);
      case "busy":
        return busy;
      case "busy_but_taken":
        return this.#perhaps(batch, batch.length, busy);
      case "half_taken":
        return this.#perhaps(batch, Math.ceil(batch.length / 2), busy);
      case "cut":
      case "cut_after_half":
        // One that is cut off alone is set aside, and others go before it.
        if (batch.length === 1) this.#passOver(batch, [0]);
        return this.#perhaps(batch, answer === "cut" ? 0 : Math.ceil(batch.length / 2), lost);
      case "unauthorized":
        return { status: "retry", reason: "unauthorized", detail: "401", hold: true };
      case "refuse":
        return this.#refuse(batch);
      case "refuse_first":
        return this.#refuse(batch, [0]);
      case "reject_some":
        return this.#reject(batch, (index) => index % 2 === 0);
      case "too_large":
        return this.#tooLarge(batch);
      case "hang":
      case "hang_but_taken":
        await new Promise<void>((resolve) => {
          if (deadline.aborted) resolve();
          else deadline.addEventListener("abort", () => resolve(), { once: true });
        });
        return this.#perhaps(batch, answer === "hang" ? 0 : batch.length, timedOut);
      case "dies":
        return life.end();
      case "dies_but_taken":
        this.#take(batch);
        return life.end();
      default:
        return this.#judge(batch);
    }
  }

  #judge(batch: readonly Sent[]): SendResult {
    const natures = batch.map(({ payload }) => natureOf(payload));
    if (natures.includes("large")) return this.#tooLarge(batch);
    const bad = natures.indexOf("bad");
    if (bad === -1) return this.#accept(batch);
    switch (this.#manners) {
      case "says_nothing":
        return this.#refuse(batch);
      case "names_culprit":
        return this.#refuse(batch, [bad]);
      case "takes_what_stood_before":
        if (bad > 0) this.ambiguous++;
        this.#take(batch.slice(0, bad));
        return this.#refuse(batch, [bad]);
      case "rejects_partly":
        return this.#reject(batch, (index) => natures[index] === "bad");
    }
  }

  #accept(batch: readonly Sent[]): SendResult {
    this.#take(batch);
    return { status: "delivered", rejected: [] };
  }

  #refuse(batch: readonly Sent[], named?: number[]): SendResult {
    for (const { uid } of batch) this.blamed.add(uid);
    this.#passOver(batch, named ?? (batch.length === 1 ? [0] : []));
    const refused = { status: "refused", reason: "bad_event", detail: "400" } as const;
    return named === undefined ? refused : { ...refused, named };
  }

  #reject(batch: readonly Sent[], bad: (index: number) => boolean): SendResult {
    const indexes = batch.map((_, index) => index).filter(bad);
    this.#passOver(batch, indexes);
    this.#take(batch.filter((_, index) => !bad(index)));
    const rejected = indexes.map((index) => ({ index, reason: "bad_event" as const, detail: "no" }));
    return { status: "delivered", rejected };
  }

  #passOver(batch: readonly Sent[], indexes: readonly number[]): void {
    for (const index of indexes) {
      const uid = batch[index]?.uid as string;
      this.blamed.add(uid);
      this.passedOver.add(uid);
    }
  }

  #tooLarge(batch: readonly Sent[]): SendResult {
    for (const { uid } of batch) this.blamed.add(uid);
    if (batch.length === 1) this.#passOver(batch, [0]);
    return { status: "refused", reason: "too_large", detail: "413" };
  }

  #perhaps(batch: readonly Sent[], count: number, result: SendResult): SendResult {
    if (count > 0) this.ambiguous++;
    this.#take(batch.slice(0, count));
    return result;
  }

  #take(batch: readonly Sent[]): void {
    for (const { uid, payload } of batch) this.taken.push({ uid, text: payload.trimEnd() });
  }
}

const busy: SendResult = { status: "retry", reason: "busy", detail: "503", retryAfterMs: 10 };
const lost: SendResult = { status: "retry", reason: "connection_lost", detail: "reset" };
const timedOut: SendResult = { status: "retry", reason: "timeout", detail: "no answer" };
