import { SpoolError } from "../../../src/spool/spool-error.ts";
import type { Store } from "../../../src/spool/store.ts";

/** The process ends here, in the middle of whatever it was doing. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** What goes wrong at the `at`-th transaction from now: the process dies before or after it, or the disk fails. */
export interface Trouble {
  readonly at: number;
  readonly kind: "dies_before" | "dies_after" | "io";
}

const transactions: ReadonlySet<string | symbol> = new Set([
  "append",
  "finishWindow",
  "settle",
  "resend",
  "retryDeadLetters",
  "dropDeadLetters",
]);

/** One life of the daemon: after its end nothing in it reaches the spool or a remote any more. */
export class Life {
  dead = false;
  trouble: Trouble | undefined;
  /** Appends find no room. */
  full = false;
  #refused = false;
  #count = 0;

  plan(trouble: Trouble | undefined): void {
    this.trouble = trouble;
    this.#count = 0;
  }

  end(): never {
    this.dead = true;
    throw new Crash("the process died");
  }

  live(): void {
    if (this.dead) throw new Crash("the process is dead");
  }

  /** The spool as this life sees it. */
  spool(spool: Store): Store {
    return new Proxy(spool, {
      get: (target, key) => {
        const method = Reflect.get(target, key) as unknown;
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => {
          this.live();
          const call = () => Reflect.apply(method, target, args) as unknown;
          // Only when the sequence says so: the inspector wants to see every record before.
          if (key === "prune") return 0;
          if (key === "usage") return { ...(call() as object), full: this.full && this.#refused };
          return transactions.has(key) ? this.#transaction(key, call) : call();
        };
      },
    });
  }

  #transaction(key: string | symbol, call: () => unknown): unknown {
    if (key === "append") this.#refused = this.full;
    if (this.#refused && key === "append") throw new SpoolError("full", "the disk is full", "make room");
    const now = this.trouble?.at === this.#count++ ? this.trouble.kind : undefined;
    if (now === "dies_before") this.end();
    if (now === "io") {
      this.dead = true;
      throw new SpoolError("io", "the disk failed", "restart");
    }
    const result = call();
    if (now === "dies_after") this.end();
    return result;
  }
}
