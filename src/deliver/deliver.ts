import type { DeliveryReason, Guarantee, RetryResult } from "../output/output.ts";
import { ConditionKeeper } from "../status/condition.ts";
import { Wakeup, type WakeupMark } from "../time/wakeup.ts";
import type { Batch } from "./batch.ts";
import { BesideTheRun } from "./beside-the-run.ts";
import { CutSearch } from "./cut-search.ts";
import type { Deliver, DeliverOptions, DeliverSignals } from "./deliver-options.ts";
import { Failures } from "./failures.ts";
import { Filling } from "./filling.ts";
import { heldByState } from "./holds.ts";
import { type PoisonSearch, poisonSearch, refusalsBeforeHold } from "./poison-search.ts";
import { Replaying } from "./replaying.ts";
import { RunLane } from "./run-lane.ts";
import { Sending } from "./sending.ts";
import type { Errand } from "./sent.ts";
import { Settler } from "./settler.ts";
import { type SideBatch, SideLane } from "./side-lane.ts";
import { UpcomingBatch } from "./upcoming-batch.ts";

/** What comes wakes a loop that rests; this is for what nobody tells. */
const idleMs = 120_000;
/** A send may overrun its own deadline a little before the loop counts as hanging. */
const graceMs = 60_000;

/** After these, what only the next hop has confirmed may not have come further. */
const disturbances: ReadonlySet<DeliveryReason> = new Set(["connection_lost", "connect", "timeout", "proxy"]);

/** A loop for one output, which `run` starts. */
export function deliver(options: DeliverOptions): Deliver {
  return new DeliveryLoop(options);
}

class DeliveryLoop implements Deliver {
  readonly #options: DeliverOptions;
  readonly #condition: ConditionKeeper;
  readonly #search: PoisonSearch;
  readonly #cuts: CutSearch;
  readonly #run: RunLane;
  readonly #upcoming: UpcomingBatch;
  readonly #side: SideLane;
  readonly #beside: BesideTheRun;
  readonly #settler: Settler;
  readonly #failures: Failures;
  readonly #retry: Wakeup;
  /** A failure would be a disturbance: neither one beside the run nor one that a search expects. */
  #unexpected = false;
  /** Held for the sake of the state, not of the remote. */
  #heldByUs = false;
  /** What goes beside the run went last: the run's turn is next. */
  #runNext = false;
  readonly #filling: Filling;
  readonly #sending: Sending;
  readonly #replaying: Replaying;

  constructor(options: DeliverOptions) {
    const { clock, spool, shape, limit, watch, holdIntervalMs } = options;
    this.#options = options;
    this.#condition = new ConditionKeeper(clock, watch);
    const search = poisonSearch(limit.events);
    const cuts = new CutSearch(search.giveUp);
    const shared = { ...options, condition: this.#condition, graceMs };
    const settler = new Settler(shared);
    const side = new SideLane({ ...options, restMs: holdIntervalMs });
    this.#search = search;
    this.#cuts = cuts;
    this.#settler = settler;
    this.#side = side;
    const sending = new Sending({ ...options, settler });
    this.#filling = new Filling(clock, options.maxWaitMs, sending.isPlanned);
    this.#replaying = new Replaying({ ...options, settler, most: () => side.most });
    const most = () => (sending.isPlanned ? limit.events : cuts.limit(search.limit()));
    const limits = { limit: most, givenUp: search.givenUp };
    const upcoming = new UpcomingBatch({ spool, shape, maxBytes: limit.bytes, search: limits });
    const accepted = (batch: Batch, worth: Guarantee | undefined) => this.#accepted(batch, worth);
    const lane = { search, cuts, upcoming, settler, accepted, planned: sending.isPlanned };
    this.#upcoming = upcoming;
    this.#run = new RunLane({ ...lane, setAside: () => side.setAside() });
    const warn = (text: string) => this.#warn(text);
    this.#beside = new BesideTheRun({ side, settler, accepted, warn, replaying: this.#replaying });
    this.#sending = sending;
    this.#failures = new Failures(shared);
    this.#retry = new Wakeup(clock);
  }

  retryNow(): void {
    this.#cuts.startAfresh();
    this.#side.startAfresh();
    this.tryNow();
  }

  tryNow(): void {
    this.#retry.wake();
  }

  flush(): void {
    this.#filling.end();
  }

  rest(): void {
    this.#upcoming.rest();
  }

  async run(signals: DeliverSignals): Promise<void> {
    await this.#settler.look();
    const { suspects } = this.#settler.standing;
    this.#search.remember(suspects);
    if (suspects >= refusalsBeforeHold) this.#failures.refusedBefore(suspects);
    await this.#settler.noteHold("refuses_everything");
    while (!signals.halt.aborted && (await this.#turn(signals)));
    await this.#run.settled();
    this.#condition.become("stopped", { failures: 0 });
  }

  /** The run and what goes beside it take turns. False: the loop ends. */
  async #turn(signals: DeliverSignals): Promise<boolean> {
    const waits = this.#heldByUs || this.#condition.now.state === "blocked";
    const ahead = waits ? undefined : await this.#run.lookAhead();
    if (ahead !== undefined) return this.#go(ahead, signals);
    await this.#run.settled();
    const { mark } = this.#settler;
    const hold = heldByState(this.#options.name, this.#settler.standing);
    if (hold !== undefined) {
      this.#heldByUs = true;
      return this.#wait(hold, 0, signals, this.#retry.mark());
    }
    if (this.#heldByUs) {
      // A person has answered: whether the remote takes anything shows when there is something to send.
      this.#heldByUs = false;
      this.#failures.over(undefined);
      await this.#settler.endHold();
    }
    const batch = await this.#run.look();
    const hurries = this.#search.givenUp.size > 0 || this.#condition.now.failures > 0;
    const fillMs = batch === undefined || signals.drain.aborted || hurries ? 0 : this.#filling.restMs(batch);
    const ready = batch !== undefined && fillMs === 0;
    const { restsMs } = this.#beside;
    const beside =
      ready && this.#runNext ? undefined : await this.#side.look(this.#settler.standing, batch === undefined);
    this.#runNext = beside !== undefined;
    if (beside !== undefined) return this.#goBeside(beside, signals);
    if (ready) return this.#go(batch, signals);
    if (signals.drain.aborted) return false;
    const anyway = batch === undefined ? await this.#side.lookAnyway(this.#settler.standing) : undefined;
    if (anyway !== undefined) return this.#goBeside(anyway, signals);
    const again = await this.#replaying.look();
    if (again !== undefined) return this.#goBeside(again, signals);
    const waitMs = Math.min(...[fillMs, ...restsMs].map((ms) => ms || idleMs));
    await this.#rest(batch === undefined ? "idle" : "waiting", waitMs, signals, mark);
    return true;
  }

  /** Until there is more to do. Something failed before: that is told until something is accepted. */
  async #rest(
    state: "idle" | "waiting",
    ms: number,
    { drain }: DeliverSignals,
    mark: WakeupMark,
  ): Promise<void> {
    const stallsAt = this.#stallsIn(ms);
    if (state === "idle" && this.#condition.now.failures > 0) this.#condition.extend(stallsAt);
    else this.#condition.become(state, { failures: 0, stallsAt });
    await this.#options.kept.wait(ms, drain, mark);
    await this.#settler.look();
  }

  #stallsIn(ms: number): number {
    return this.#options.clock.monotonic() + ms + graceMs;
  }

  /** The turn of a batch of the run. False: the loop ends. */
  async #go(batch: Batch, signals: DeliverSignals): Promise<boolean> {
    const { deadline } = signals;
    this.#unexpected = !this.#cuts.covers(batch);
    this.#filling.over();
    if (batch.sent.length > 0)
      return this.#send(batch, signals, {
        ofRun: true,
        meanwhile: () => this.#run.lookBehind(batch),
        follow: (sent) => this.#run.follow(batch, sent, deadline),
      });
    await this.#run.settleUnsent(batch, deadline);
    return true;
  }

  /** The turn of what goes beside the run. False: the loop ends. */
  async #goBeside(beside: SideBatch, signals: DeliverSignals): Promise<boolean> {
    const { batch } = beside;
    const { deadline } = signals;
    this.#unexpected = false;
    if (batch.sent.length > 0)
      return this.#send(batch, signals, {
        ofRun: false,
        meanwhile: async () => {},
        follow: (sent) => this.#beside.follow(beside, sent, deadline),
      });
    await this.#beside.settleUnsent(beside, deadline);
    return true;
  }

  /** One send, and what follows from its result. False: the loop ends, while draining a remote that fails. */
  async #send(batch: Batch, signals: DeliverSignals, errand: Errand): Promise<boolean> {
    const { ofRun, meanwhile, follow } = errand;
    const { halt, deadline } = signals;
    const stallsAt = this.#stallsIn(this.#options.sendTimeoutMs);
    if (this.#condition.now.failures === 0) this.#condition.become("working", { stallsAt });
    else this.#condition.extend(stallsAt);
    const mark = this.#retry.mark();
    const [sent] = await Promise.all([this.#sending.send(batch, ofRun, deadline), meanwhile()]);
    const { result, seconds } = sent;
    const failure = await follow(sent);
    if (result.status === "delivered" && result.warning !== undefined) this.#warn(result.warning);
    if (failure !== undefined) return this.#wait(failure, seconds, signals, mark);
    if (result.status === "delivered" && result.slowDownMs !== undefined) {
      this.#condition.extend(this.#stallsIn(result.slowDownMs));
      await this.#retry.wait(result.slowDownMs, halt);
    }
    return true;
  }

  /** Waits until the next try. False: the loop ends, while draining a remote that fails. */
  async #wait(
    failure: RetryResult,
    seconds: number,
    { drain, deadline }: DeliverSignals,
    mark: WakeupMark,
  ): Promise<boolean> {
    if (failure.hold === true) this.#search.tryOne();
    else if (this.#unexpected && disturbances.has(failure.reason) && this.#condition.now.failures === 0)
      await this.#settler.doubt(deadline);
    const waitMs = this.#failures.failed(failure, seconds);
    await this.#settler.noteHold(failure.reason);
    // While draining there is no time to wait for a remote that fails: the spool keeps what is left.
    if (drain.aborted) return false;
    await this.#retry.wait(waitMs, drain, mark);
    await this.#settler.look();
    return true;
  }

  /** The remote works, and takes events. */
  #accepted(batch: Batch, worth: Guarantee | undefined): void {
    this.#search.tookSomething();
    this.#side.accepted(batch, this.#settler.standing.lastId);
    this.#failures.over(worth);
  }

  #warn(text: string): void {
    this.#options.tell({ type: "delivery_warning", output: this.#options.name, text });
  }
}
