import { kindsAgain, outputsAgain } from "../../config/outputs-again.ts";
import { readText } from "../../config/read-text.ts";
import { notOfThisBuild } from "../../other-version.ts";
import type { AnyOutputKind } from "../../output/configured.ts";
import { systemRandom } from "../../random.ts";
import { type Scrub, scrubber } from "../../secret/scrub.ts";
import { remoteSpool } from "../../spool/remote/remote-spool.ts";
import { Leftovers } from "../../thread/leftovers.ts";
import { lineOver, type Port } from "../../thread/line.ts";
import { systemClock } from "../../time/clock.ts";
import { Wakeup } from "../../time/wakeup.ts";
import { DeliverySide } from "../delivery-side.ts";
import { leavesStdout, wireOutputs } from "../wire-outputs.ts";
import { OrderedSignals } from "./ordered-signals.ts";
import { build, type DeliveryStart, lineNames, type NoticingLine, type Order } from "./orders.ts";
import { troubleOf } from "./trouble.ts";

/** What begins to deliver, over this port. */
type ServeDelivery = (port: Port, useScrub: (scrub: Scrub) => void) => void;

/**
 * The thread that delivers, once all is loaded that it needs: makes the outputs of the configuration that do
 * not write to standard output, and does as `RemoteDelivery` tells it over `port`. An expected end is told
 * there; anything else is thrown, and ends the thread. Rejects where another build has started it: a package
 * that was replaced under a running daemon.
 */
export async function loadDelivery(start: DeliveryStart): Promise<ServeDelivery> {
  if (start.build !== build) throw notOfThisBuild();
  const kinds = await kindsAgain(start.parts);
  return (port, useScrub) => serveDelivery(port, { ...start, kinds }, useScrub);
}

interface LoadedStart extends DeliveryStart {
  readonly kinds: readonly AnyOutputKind[];
}

function serveDelivery(port: Port, start: LoadedStart, useScrub: (scrub: Scrub) => void): void {
  const line: NoticingLine = lineOver(port, lineNames.orders);
  try {
    new DeliveryThread(port, line, start, useScrub);
  } catch (error) {
    fail(line, error);
    line.take(({ type }) => {
      if (type === "close") line.send({ type: "closed" });
    });
  }
}

function fail(line: NoticingLine, error: unknown): void {
  const trouble = troubleOf(error);
  if (trouble === undefined) throw error;
  line.send({ type: "failed", trouble });
}

class DeliveryThread {
  readonly #line: NoticingLine;
  readonly #side: DeliverySide;
  readonly #kept = new Wakeup(systemClock);
  readonly #signals = new OrderedSignals();
  readonly #leftovers: Leftovers;

  /** Throws ConfigError. */
  constructor(port: Port, line: NoticingLine, start: LoadedStart, useScrub: (scrub: Scrub) => void) {
    const { file, parts, kinds, origins, environment, agent, uid } = start;
    this.#line = line;
    const { outputs, secrets } = outputsAgain(parts, kinds, { environment, readFile: readText });
    useScrub(scrubber(secrets.map(({ secret }) => secret)));
    const context = { clock: systemClock, agent, environment, uid, guid: systemRandom.uuid };
    const wired = wireOutputs({ file, outputs }, context, leavesStdout);
    const spool = remoteSpool(lineOver(port, lineNames.spool));
    this.#side = new DeliverySide(
      { outputs: wired, secrets, origins },
      {
        clock: systemClock,
        random: systemRandom,
        kept: this.#kept,
        spool,
        tell: (report) => line.send({ type: "report", report }),
        conditions: {
          ofOutput: (output) => (condition) =>
            line.send({ type: "condition", output, condition, at: systemClock.monotonic() }),
        },
      },
    );
    this.#leftovers = new Leftovers(() => {
      spool.rest();
      this.#side.rest();
    });
    line.take((order) => this.#follow(order));
  }

  #follow(order: Order): void {
    switch (order.type) {
      case "run":
        void this.#run();
        break;
      case "kept":
        this.#kept.wake();
        break;
      case "try_now":
        this.#side.tryNow();
        break;
      case "flush":
        this.#side.flush();
        break;
      case "retry_now":
        this.#side.retryNow();
        break;
      case "look_at_files":
        void this.#look(order);
        break;
      case "close":
        void this.#close();
        break;
      default:
        this.#signals.abort(order.type);
    }
  }

  async #run(): Promise<void> {
    try {
      await this.#side.run(this.#signals);
      this.#line.send({ type: "ended" });
    } catch (error) {
      fail(this.#line, error);
    }
  }

  async #look({ asked, id }: Extract<Order, { type: "look_at_files" }>): Promise<void> {
    await this.#side.lookAtFiles(asked);
    if (id !== undefined) this.#line.send({ type: "looked_at_files", id });
    this.#leftovers.look();
  }

  async #close(): Promise<void> {
    await this.#side.close();
    this.#line.send({ type: "closed" });
  }
}
