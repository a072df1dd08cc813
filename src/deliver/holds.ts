import type { RetryResult } from "../output/output.ts";
import type { Moved, Standing } from "../spool/spool.ts";

/** The hold of an output that refused the last `events` and has accepted nothing since. */
export function refusesEverything(events: number, detail: string): RetryResult {
  const many = events === 1 ? "the last event was" : `${events} events in a row were`;
  return {
    status: "retry",
    hold: true,
    reason: "refuses_everything",
    detail: `${many} refused and nothing was accepted since`,
    quote: detail,
    fix: "check the output's settings and the receiver's log; nothing is lost: what was refused waits beside the rest, and is given up only when the receiver takes others and refuses it again",
  };
}

/** How an output stands at the start that refused so many before, until it is tried. */
export function refusedBefore(events: number): Pick<RetryResult, "reason" | "detail" | "fix"> {
  const { reason, detail, fix = "" } = refusesEverything(events, "");
  return { reason, detail, fix };
}

/** What holds an output for the sake of its state, whatever the remote would take. */
export function heldByState(name: string, { moved, lettersFull }: Standing): RetryResult | undefined {
  if (moved !== undefined) return destinationChanged(name, moved);
  return lettersFull ? noRoomForLetters : undefined;
}

/** The hold of an output whose address is another one than that which its position belongs to. */
function destinationChanged(name: string, { from, to }: Moved): RetryResult {
  return {
    status: "retry",
    hold: true,
    reason: "destination_changed",
    detail: `it delivered to ${from.join(" or ")}, and the configuration says ${to.join(" or ")} now`,
    fix: `say what that means: wandb-audit-forwarder outputs ${name} adopt (the same place, or it takes over: goes on where it was), start_over (it gets everything that is kept), or from_now (only what comes). Or put the old address back`,
  };
}

/** The hold of an output whose dead letters have reached their bound. */
const noRoomForLetters: RetryResult = {
  status: "retry",
  hold: true,
  reason: "dead_letters_full",
  detail: "its dead letters take all the room they may have",
  fix: "see why events are given up (dead-letters list), then retry, or export and drop them; or raise spool.max_dead_letters",
};
