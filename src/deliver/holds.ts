import type { RetryResult } from "../output/output.ts";

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

/** The hold of an output whose dead letters have reached their bound. */
export const noRoomForLetters: RetryResult = {
  status: "retry",
  hold: true,
  reason: "dead_letters_full",
  detail: "its dead letters take all the room they may have",
  fix: "see why events are given up (dead-letters list), then retry, or export and drop them; or raise spool.max_dead_letters",
};
