import type { DeadLetter, LetterFilter } from "../spool.ts";
import type { State } from "./state.ts";

/**
 * Some dead letters wait beside the run again; gives back how many. Those of outputs that are not configured
 * stay: nobody would send them. In the caller's transaction.
 */
export function retryLetters(state: State, filter: LetterFilter): number {
  const outputs = state.positions.active().filter(({ name }) => (filter.output ?? name) === name);
  return outputs.reduce(
    (sum, { name }) =>
      sum +
      takeLetters(state, { ...filter, output: name }, (output, letter) =>
        state.side.put(output, "retry", [letter]),
      ),
    0,
  );
}

/** Some dead letters are gone, and counted as dropped; gives back how many. In the caller's transaction. */
export function dropLetters(state: State, filter: LetterFilter, at: number): number {
  const byOutput = new Map<string, number>();
  const dropped = takeLetters(state, filter, (output, { record }) => {
    state.books.dropped(output, record.source, record.day);
    byOutput.set(output, (byOutput.get(output) ?? 0) + 1);
  });
  for (const [output, records] of byOutput)
    state.own.tell({ action: "loss_accepted", loss: "dead_letters", output, records }, at);
  return dropped;
}

function takeLetters(
  { letters, books, positions }: State,
  filter: LetterFilter,
  become: (output: string, letter: DeadLetter) => void,
): number {
  const taken = letters.take(filter);
  for (const { output, letter } of taken) {
    books.revived(output, letter.record.source, letter.record.day);
    positions.revived(output);
    become(output, letter);
  }
  return taken.length;
}
