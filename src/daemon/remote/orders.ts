import type { Agent } from "../../agent.ts";
import type { Origin } from "../../record/origin.ts";
import type { Report } from "../../report/report.ts";
import type { Condition } from "../../status/condition.ts";
import type { ThreadLine } from "../../thread/line.ts";
import type { DaemonTrouble } from "./trouble.ts";

/** Two builds do not understand each other: the file that both threads run has a name of its build. */
export const build = import.meta.url;

/** What the thread that delivers is made of. */
export interface DeliveryStart {
  /** As it is where the thread is started. */
  readonly build: string;
  /** The configuration's file. */
  readonly file: string;
  /** As `Config.outputParts`: holds secrets. */
  readonly parts: string;
  /** Of the configured sources. */
  readonly origins: readonly Origin[];
  /** Environment variables: may hold secrets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly agent: Agent;
  /** As `OutputContext.uid`. */
  readonly uid?: number | undefined;
}

/** What the thread that delivers is told. */
export type Order =
  | {
      readonly type:
        | "run"
        | "drain"
        | "halt"
        | "deadline"
        | "kept"
        | "try_now"
        | "flush"
        | "retry_now"
        | "close";
    }
  /** Without an id nobody waits for the end of it. */
  | { readonly type: "look_at_files"; readonly asked: boolean; readonly id?: number };

/** What it tells. `at` is its monotonic clock at that moment, which has another beginning than ours. */
export type Notice =
  | { readonly type: "report"; readonly report: Report }
  | {
      readonly type: "condition";
      readonly output: string;
      readonly condition: Condition;
      readonly at: number;
    }
  | { readonly type: "looked_at_files"; readonly id: number }
  | { readonly type: "ended" | "closed" }
  | { readonly type: "failed"; readonly trouble: DaemonTrouble };

/** The lines over the one port, so that what is told and what is asked of the spool stay in their order. */
export const lineNames = { orders: "orders", spool: "spool" } as const;

/** From who gives orders. */
export type OrderingLine = ThreadLine<Order, Notice>;
/** From the thread that delivers. */
export type NoticingLine = ThreadLine<Notice, Order>;
