import type { MessagePort, Transferable, Worker, WorkerOptions } from "node:worker_threads";
import { builtin } from "../builtin.ts";
import type { Port } from "./line.ts";
import { invalidateProtectors } from "./protectors.ts";

/** A thread of this program as it is seen from outside, with the events of a Worker. */
export interface Thread extends Port {
  /** Resolves when it has loaded all that it begins with. Rejects with what it died of before. */
  readonly loaded: Promise<void>;
  /** What it has sent by now is taken at once, and not when the event loop comes to it. */
  takeArrived(): void;
  terminate(): Promise<number>;
}

/** What a thread is started with. */
export interface ThreadStart<Data> {
  readonly data: Data;
  /** To who started it. */
  readonly port: Port;
}

/** Called in a thread that has loaded all that it begins with. */
export function tellLoaded(): void {
  builtin("node:worker_threads").parentPort?.postMessage("loaded");
}

/** Starts this program once more in a thread of its own; what `data` holds is copied there. */
export type StartThread = (name: string, data: unknown) => Thread;

/** V8 reserves 512 MiB of addresses for the machine code of each thread, which a `ulimit -v` counts. */
const codeRangeSizeMb = 64;

/**
 * The one place that knows how a thread is started. A thread runs what the main thread runs, which looks at
 * where it runs: so nobody has to find a second file, whether Node runs the sources, the package or a bundle.
 * A single executable has no file that a thread could load, and gives the text of it.
 */
export function threadsOf(carried: { readonly program: URL | string }): StartThread {
  return (name, data) => {
    invalidateProtectors();
    const { MessageChannel, Worker } = builtin("node:worker_threads");
    const { port1, port2 } = new MessageChannel();
    const options: WorkerOptions = {
      name,
      workerData: { data, port: port2 },
      transferList: [port2],
      resourceLimits: { codeRangeSizeMb },
    };
    const { program } = carried;
    return new PortedThread(new Worker(program, { ...options, eval: typeof program === "string" }), port1);
  };
}

type Take = Parameters<Port["on"]>[1];

/** A Worker's own port cannot be asked whether something has arrived; one that was given to it can. */
class PortedThread implements Thread {
  readonly loaded: Promise<void>;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #takers: Take[] = [];

  constructor(worker: Worker, port: MessagePort) {
    this.#worker = worker;
    this.#port = port;
    this.loaded = new Promise((resolve, reject) => {
      worker.once("message", () => resolve());
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`it ended with exit code ${code}`)));
    });
    // Nobody has to wait for it: who is told what happens later hears of it there too.
    this.loaded.catch(() => {});
  }

  postMessage(message: unknown, moves?: readonly Transferable[]): void {
    this.#port.postMessage(message, moves ?? []);
  }

  on(event: string, take: Take): void {
    if (event === "message") this.#takers.push(take);
    if (event === "message" || event === "messageerror") {
      this.#port.on(event, take);
      return;
    }
    // Whatever it has sent before it ended comes first.
    this.#worker.on(event, (value: unknown) => {
      this.takeArrived();
      take(value);
    });
  }

  takeArrived(): void {
    if (this.#takers.length === 0) return;
    const { receiveMessageOnPort } = builtin("node:worker_threads");
    const next = () => receiveMessageOnPort(this.#port);
    for (let got = next(); got !== undefined; got = next())
      for (const take of this.#takers) take(got.message);
  }

  terminate(): Promise<number> {
    return this.#worker.terminate();
  }
}
