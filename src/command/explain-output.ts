import type { OutputTrace } from "../spool/event-lookup.ts";
import type { BookRow } from "../spool/spool-state.ts";

/** What became of it for one output. */
export interface ExplainedOutput {
  readonly output: string;
  /**
   * `settled`: the position is beyond it, and nobody knows any more whether it was delivered or filtered.
   * `suspect`: refused, and set aside until the output has accepted others; `retry`: a dead letter that is
   * sent once more; `abandoned`: still pending, and the output is not configured any more.
   */
  readonly state:
    | "delivered"
    | "filtered"
    | "settled"
    | "pending"
    | "dead"
    | "suspect"
    | "retry"
    | "abandoned"
    | "dropped"
    | "skipped"
    | "lost";
  /** What it may be instead: others of its day became that, and which ones is not known. */
  readonly or: readonly ("dropped" | "skipped" | "lost")[];
  /** When it became that, as far as it is known. */
  readonly after: string | null;
  readonly before: string | null;
  /** Records of the run in front of it. */
  readonly ahead: number | null;
  /** The condition of `filter` in the configuration that keeps it back. */
  readonly rule: string | null;
  readonly reason: string | null;
  readonly detail: string | null;
  /** It is sent once more. */
  readonly again: boolean;
  /** What the output makes of it by the configuration as it is now. */
  readonly payload: string | null;
  /** Why that is not shown. */
  readonly payload_note: string | null;
}

/** What is known of a record and an output. */
export interface OutputFacts {
  readonly trace: OutputTrace;
  /** Its place in the spool's order; undefined where only the append is known that it came with. */
  readonly seq: number | undefined;
  /** Of its source and day, for this output; undefined where there is none any more. */
  readonly book: BookRow | undefined;
  /** The condition that keeps it back by the configuration as it is now. */
  readonly rule: string | undefined;
  /** Why the output does not get on, where that is known. */
  readonly trouble: { readonly reason: string; readonly detail: string } | undefined;
}

type State = ExplainedOutput["state"];
type Fate = Pick<
  ExplainedOutput,
  "state" | "or" | "after" | "before" | "ahead" | "reason" | "detail" | "rule"
>;

const nothing = { or: [], after: null, before: null, ahead: null, reason: null, detail: null, rule: null };

/** What became of the record for the output. Says no more than the state can tell. */
export function fateOf(facts: OutputFacts): Fate {
  const { trace, rule } = facts;
  const { letter, side } = trace;
  if (letter !== undefined) {
    const at = new Date(letter.at).toISOString();
    return {
      ...nothing,
      state: "dead",
      after: at,
      before: at,
      reason: letter.reason,
      detail: letter.detail,
    };
  }
  // The program's own, which is sent with the next look.
  if (side?.cause === "heartbeat") return { ...nothing, state: "pending" };
  if (side !== undefined) return { ...nothing, state: side.cause, reason: side.reason, detail: side.detail };
  if (!trace.beyond) return { ...pending(facts), rule: rule ?? null };
  return settledAs(facts);
}

function pending({ trace, seq, trouble }: OutputFacts): Fate {
  const ahead = seq === undefined ? null : Math.max(0, seq - trace.position - 1);
  if (trace.abandoned) return { ...nothing, state: "abandoned", ahead };
  if (trace.moved) {
    const detail = `its destination changed: answer with wandb-audit-forwarder outputs ${trace.output} adopt, start_over or from_now`;
    return { ...nothing, state: "pending", ahead, reason: "destination_changed", detail };
  }
  const held = { reason: trouble?.reason ?? null, detail: trouble?.detail ?? null };
  return { ...nothing, state: "pending", ahead, ...held };
}

/** The books of its day say what can have become of it; which of several, they do not. */
function settledAs({ trace, book, rule }: OutputFacts): Fate {
  const { after, before } = trace.passed;
  const when = { after: isoOf(after), before: isoOf(before) };
  const may = (state: "delivered" | "filtered" | "dropped" | "skipped" | "lost") =>
    book === undefined || book[state] > 0;
  if (rule !== undefined && may("filtered")) return { ...nothing, ...when, state: "filtered", rule };
  if (book === undefined) return { ...nothing, ...when, state: "settled" };
  const others = (["dropped", "skipped", "lost"] as const).filter(may);
  const [first, ...rest] = others;
  const state: State = may("delivered") ? "delivered" : (first ?? (may("filtered") ? "filtered" : "settled"));
  return { ...nothing, ...when, state, or: state === "delivered" ? others : rest };
}

function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
