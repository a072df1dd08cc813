import type { State } from "./state.ts";

/** The output is taken out: what waits for it will not be sent. Joins the transaction. */
export function leaveBehind({ tables, books }: State, output: string): void {
  for (const { source, day, pending } of books.rows([output]))
    if (pending > 0) tables.leftBehind.put({ output, source, day, records: pending });
}

/** The output is back: it goes on with what waits, and what was removed meanwhile it has skipped. */
export function takeUp({ db }: State, output: string): void {
  db.run("DELETE FROM left_behind WHERE output = ?", output);
}
