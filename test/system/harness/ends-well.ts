/**
 * Whether `run --once` did all that it can: it ends with 0, or with 1 for the sole reason that events were given up,
 * which the receivers here ask for. `said` is what it printed.
 */
export function endsWell(code: number | null, said: string): boolean {
  if (code === 0) return true;
  const undone = /^(?:output|source) .*(?:not delivered yet|not read)/m;
  return code === 1 && /^output .*complete: no, /m.test(said) && !undone.test(said);
}

/** Whether a source still has days that the next run will read. */
export function resting(said: string): boolean {
  return /^source .*: not read yet, .*; tried again by the next run$/m.test(said);
}
