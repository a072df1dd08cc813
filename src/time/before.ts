/** What comes in place of a result that is not there in time. */
export const late = Symbol("late");

/**
 * The work's result, or `late` when the deadline comes first. The work goes on then; ending it is the
 * caller's.
 */
export async function before<Result>(
  deadline: AbortSignal,
  work: Promise<Result>,
): Promise<Result | typeof late> {
  const { promise, resolve } = Promise.withResolvers<typeof late>();
  const giveUp = () => resolve(late);
  deadline.addEventListener("abort", giveUp, { once: true });
  if (deadline.aborted) giveUp();
  try {
    return await Promise.race([work, promise]);
  } finally {
    deadline.removeEventListener("abort", giveUp);
  }
}
