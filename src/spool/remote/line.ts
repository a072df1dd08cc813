import type { MessagePort } from "node:worker_threads";
import type { Spool } from "../spool.ts";
import type { SpoolFailure } from "../spool-error.ts";

/** What the delivery loops ask of the spool. */
export type DeliverySpool = Pick<Spool, "standing" | "read" | "readAgain" | "side" | "settle" | "resend">;

/** A way to another thread and back. */
export type Line = Pick<MessagePort, "postMessage" | "on">;

/** A call of the spool in the other thread. */
export interface Question {
  readonly id: number;
  readonly method: keyof DeliverySpool;
  readonly args: readonly unknown[];
}

/** What came of it. */
export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly trouble: Trouble };

/** Why it rejected. Without `failure` it is a bug. */
export interface Trouble {
  readonly failure?: SpoolFailure;
  readonly message: string;
  readonly fix: string;
}
