import type { State } from "../state.ts";

const nobody = Buffer.alloc(0);

/**
 * Who was active on some days is lost, and of which days nobody can tell: those that have records and nobody
 * lack some. Without that, whoever is seen on such a day later would be all that there were.
 */
export function markUncounted({ tables, activity, books, origins }: State): void {
  for (const { source, day, new: fresh } of books.rows([""])) {
    const instance = origins.instance(source);
    if (instance === undefined || day < 0 || fresh === 0) continue;
    const { users, more } = activity.users(instance, day);
    if (users.length === 0 && !more) tables.activeDay.put({ instance, day, more: 1, users: nobody });
  }
}
