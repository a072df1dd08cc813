import { createHash } from "node:crypto";
import type { State } from "./state.ts";

/**
 * Remembers what the configuration is made of, and tells which parts are others than at the last start.
 * `parts` has a text of each, of which only a hash is kept: it may hold a secret. Joins the caller's
 * transaction.
 */
export function noteConfiguration(
  { db, tables, chunks, own }: State,
  parts: ReadonlyMap<string, string>,
  at: number,
): void {
  const { stateId } = chunks.meta();
  const digestOf = (part: string, text: string) =>
    createHash("sha256").update(`${stateId} ${part} ${text}`).digest("hex");
  const before = new Map(tables.configured.rows().map(({ part, digest }) => [part, digest]));
  const now = new Map([...parts].map(([part, text]) => [part, digestOf(part, text)]));
  const added = [...now.keys()].filter((part) => !before.has(part));
  const removed = [...before.keys()].filter((part) => !now.has(part));
  const changed = [...now].filter(([part, digest]) => (before.get(part) ?? digest) !== digest);
  if (added.length + removed.length + changed.length === 0) return;
  for (const part of removed) db.run("DELETE FROM configured WHERE part = ?", part);
  for (const [part, digest] of now) tables.configured.put({ part, digest });
  // What a state begins with is no change.
  if (before.size === 0) return;
  const names = changed.map(([part]) => part);
  own.tell(
    { action: "configuration_changed", added: added.sort(), removed: removed.sort(), changed: names.sort() },
    at,
  );
}
