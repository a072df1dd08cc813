import type { DeliveryReason } from "../output/output.ts";
import type { OwnAction } from "../own/own-fact.ts";
import type { SourceReason } from "../source/source.ts";
import type { LatenessCounts } from "../spool/lateness.ts";
import type { OpenToOthers } from "../spool/private-directory.ts";
import type { StateChange } from "../spool/spool-state.ts";
import type { ArchiveReport } from "./archive-line.ts";
import type { ReplayReport } from "./replay-line.ts";
import type { PastDayReport } from "./sweep-line.ts";
import type { TroubleReport } from "./trouble-line.ts";

/**
 * Everything worth telling. Log lines and metrics are made from it in one place, so neither exists without
 * the other. Holds no secrets and no event content.
 */
export type Report =
  | {
      readonly type: "started";
      readonly version: string;
      readonly sources: readonly string[];
      readonly outputs: readonly string[];
      readonly admin?: string;
    }
  /** Nothing is known to be stuck. `unproven`: held before, and not seen to work since. */
  | { readonly type: "ready"; readonly unproven?: readonly string[] }
  | {
      readonly type: "not_ready";
      /** `output splunk (tls)` */
      readonly hops: readonly string[];
      /** They only wait for their first read. */
      readonly starting: boolean;
    }
  | { readonly type: "stopping"; readonly why: string }
  | {
      readonly type: "stopped";
      /** Every output has got everything: nothing waits, and nothing was given up in this run. */
      readonly drained: boolean;
      /** Events given up in this run. */
      readonly dead: number;
    }
  /** A line of what `run --once` did. */
  | { readonly type: "summary"; readonly text: string }
  | {
      readonly type: "poll_done";
      readonly source: string;
      readonly fetched: number;
      readonly new: number;
      readonly late: number;
      readonly unparseable: number;
      readonly seconds: number;
      readonly caughtUp: boolean;
      readonly lateness?: LatenessCounts;
      /** How far the source's clock is ahead of ours, where the read showed it. */
      readonly clockSeconds?: number;
    }
  | {
      readonly type: "poll_failed";
      readonly source: string;
      readonly reason: SourceReason;
      readonly message: string;
      readonly fix: string;
      readonly retryInMs: number;
      readonly seconds: number;
      /** What the read had shown and kept before it failed. */
      readonly kept?: {
        readonly fetched: number;
        readonly new: number;
        readonly late: number;
        readonly unparseable: number;
        readonly lateness?: LatenessCounts;
      };
    }
  | {
      readonly type: "source_held";
      readonly source: string;
      readonly reason: SourceReason;
      readonly detail: string;
      readonly fix: string;
    }
  | { readonly type: "source_released"; readonly source: string; readonly heldSeconds: number }
  | {
      readonly type: "source_recovered";
      readonly source: string;
      readonly failures: number;
      /** Since the first of them. */
      readonly failedSeconds: number;
    }
  | { readonly type: "clock_wrong"; readonly source: string; readonly seconds: number }
  | { readonly type: "clock_right"; readonly source: string }
  | { readonly type: "source_notice"; readonly source: string; readonly text: string }
  | { readonly type: "source_gap"; readonly source: string; readonly day: string; readonly reason: string }
  | PastDayReport
  | ArchiveReport
  | ReplayReport
  /** Its log is most likely another organization's than before. */
  | {
      readonly type: "other_organization";
      readonly source: string;
      readonly detail: string;
      readonly fix: string;
    }
  /** New events of which it cannot be told which of their twins they are: names changed in the same read. */
  | { readonly type: "twins_undecided"; readonly source: string; readonly events: number }
  /** A read does not count before another one. */
  | {
      readonly type: "read_again";
      readonly source: string;
      /** Twins that were shown on two pages of one answer only. */
      readonly doubted: number;
      /** New ones that could not be held until the end. */
      readonly missing: number;
    }
  | {
      readonly type: "day_shrank";
      readonly source: string;
      readonly day: string;
      readonly before: number;
      readonly now: number;
    }
  | {
      readonly type: "delivered";
      readonly output: string;
      readonly events: number;
      /** Of the batch as it was formatted, before compression. */
      readonly bytes: number;
      readonly seconds: number;
      /** Seconds from event time to delivery, one per dated event. */
      readonly ages: readonly number[] | Float64Array;
    }
  | {
      readonly type: "delivery_summary";
      readonly output: string;
      readonly events: number;
      readonly batches: number;
      readonly bytes: number;
      /** From the first send until now. */
      readonly overSeconds: number;
    }
  | { readonly type: "filtered"; readonly output: string; readonly events: number }
  | {
      readonly type: "unknown_actions";
      readonly output: string;
      readonly source: string;
      readonly events: number;
    }
  | {
      readonly type: "delivery_failed";
      readonly output: string;
      readonly reason: DeliveryReason;
      readonly detail: string;
      readonly quote?: string;
      readonly fix?: string;
      readonly retryInMs: number;
      readonly seconds: number;
    }
  | { readonly type: "delivery_warning"; readonly output: string; readonly text: string }
  | {
      readonly type: "held";
      readonly output: string;
      readonly reason: DeliveryReason;
      readonly detail: string;
      readonly quote?: string;
      readonly fix?: string;
    }
  | { readonly type: "released"; readonly output: string; readonly heldSeconds: number }
  | {
      /** Refused, and set aside until the remote has accepted others. */
      readonly type: "suspected";
      readonly output: string;
      readonly uid: string;
      readonly reason: DeliveryReason;
      readonly detail: string;
    }
  /** A disturbance: so many events that were delivered shortly before it are sent again. */
  | { readonly type: "in_doubt"; readonly output: string; readonly events: number }
  /** Delivered once more. */
  | { readonly type: "resent"; readonly output: string; readonly events: number }
  | {
      readonly type: "dead";
      readonly output: string;
      readonly uid: string;
      readonly reason: DeliveryReason;
      readonly detail: string;
    }
  | {
      readonly type: "output_recovered";
      readonly output: string;
      readonly failures: number;
      /** Since the first of them. */
      readonly failedSeconds: number;
    }
  /** Another address, the same instance: it goes on where it was. */
  | { readonly type: "source_moved"; readonly source: string; readonly before: string; readonly now: string }
  /** The same destination stands under another name: its position goes on under that. */
  | { readonly type: "output_renamed"; readonly output: string; readonly before: string }
  | { readonly type: "output_abandoned"; readonly output: string; readonly pending: number }
  | {
      /**
       * Records found changed or missing on disk; with `records` 0 other state was, and `reason` says what
       * was done.
       */
      readonly type: "damage";
      readonly source: string;
      readonly records: number;
      readonly reason: string;
    }
  | {
      readonly type: "spool_full";
      readonly bytes: number;
      readonly maxBytes: number;
      readonly diskFull: boolean;
    }
  | { readonly type: "spool_room"; readonly bytes: number; readonly maxBytes: number }
  /** Other users had rights to the state, which have been taken from them. */
  | ({ readonly type: "state_tightened" } & OpenToOthers)
  /** The state is not as the last run left it. */
  | ({ readonly type: "state_changed" } & StateChange)
  /** Every user may write in a folder above the state, and so move it away. */
  | { readonly type: "state_exposed"; readonly directory: string; readonly above: string }
  /** An event of our own is on disk, for the outputs. */
  | { readonly type: "own_event"; readonly action: OwnAction }
  | { readonly type: "pruned"; readonly records: number }
  | { readonly type: "secret_reloaded"; readonly owner: string }
  | { readonly type: "tls_reloaded"; readonly owner: string }
  /** Files that cannot be used as they are now: what was read before stays in use. */
  | { readonly type: "files_rejected"; readonly owner: string; readonly text: string }
  /** What the configuration allows and a person may not want. Holds no value of it. */
  | {
      readonly type: "config_warning";
      /** `outputs[0].token` */
      readonly path: string;
      readonly text: string;
      readonly fix?: string;
    }
  | { readonly type: "config_reloaded" }
  /** A reload was asked for, and the configuration is the one in use. */
  | { readonly type: "config_unchanged" }
  | { readonly type: "reload_ignored"; readonly why: string }
  | TroubleReport
  /** `first`: where, and what; no value of it. `pending`: one that was taken before is to take over. */
  | {
      readonly type: "config_rejected";
      readonly problems: number;
      readonly first: string;
      readonly fix?: string;
      readonly pending?: true;
    };

/** Takes note of what happened. Never throws. */
export type Tell = (report: Report) => void;
