/**
 * Resolves when the event loop has gone round: what had arrived from the network by now has been looked at,
 * and everything else that waits has had its turn. For code that computes for long, or must not decide before
 * it has looked.
 */
export function loopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
