/**
 * Resolves when the event loop has looked at what had arrived from the network by now, and everything else
 * that waits has had its turn. For who decides when a timer is over: timers go before the network, so after a
 * busy time the wait may be over although what was waited for is there.
 */
export async function lookedAgain(): Promise<void> {
  // The first turn may be the one that is under way.
  await loopTurn();
  await loopTurn();
}

/** Resolves when what has arrived by now has had its turn, and what that put off to the next one as well. */
export async function turnOfOthers(): Promise<void> {
  await lookedAgain();
  await loopTurn();
}

/** Resolves when what has arrived by now has had its turn; no timer has to be over. */
export function loopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
