import { knownAs } from "../ingest/known-as.ts";
import type { FindOptions } from "./find-event.ts";
import { type Sought, soughtOf } from "./sought.ts";

/** So many are looked for one by one: that takes less than a look through everything. */
const few = 16;

/** Whether the state may know an event; what is certain to be unknown need not be looked for. */
export type Seen = (sought: Sought) => boolean;

/** Goes through the spool and the ledger once for all of many texts, in place of once for each. */
export async function seenAmong(texts: readonly string[], options: FindOptions): Promise<Seen> {
  if (texts.length <= few) return () => true;
  const { uids, days } = wanted(texts, options);
  const seen = new Set<string>();
  const note = (base64: string, sought: ReadonlySet<string>) => {
    const bytes = Buffer.from(base64, "base64");
    for (let at = 0; at < bytes.length; at += 16) {
      const id = bytes.toString("hex", at, at + 16);
      if (sought.has(id)) seen.add(id);
    }
  };
  if (uids.size > 0) await throughSpool(options, (base64) => note(base64, uids));
  for (const instance of options.instances) {
    const ofLines = days.get(instance) ?? new Map<number, Set<string>>();
    // A uid is an identity, of whichever day.
    const known = uids.size > 0 ? (await options.lookup.days({ instance })).days : [];
    const all = new Set([...ofLines.keys(), ...known]);
    for (const day of all)
      await throughDay({ ...options, instance, day }, (base64) => {
        note(base64, ofLines.get(day) ?? new Set());
        if (uids.size > 0) note(base64, uids);
      });
  }
  for (const uid of uids)
    if (!seen.has(uid) && (await options.lookup.beside({ uid })).record !== undefined) seen.add(uid);
  const identityOf = (sought: Sought & { by: "line" }, instance: string) =>
    knownAs(sought.raw, instance).identity;
  return (sought) =>
    sought.by === "uid"
      ? seen.has(sought.uid)
      : options.instances.some((instance) => seen.has(identityOf(sought, instance)));
}

type Days = Map<string, Map<number, Set<string>>>;

/** The uids, and by instance and ledger day the identities of the lines: no text is kept. */
function wanted(texts: readonly string[], { instances }: FindOptions): { uids: Set<string>; days: Days } {
  const uids = new Set<string>();
  const days: Days = new Map(instances.map((instance) => [instance, new Map()]));
  for (const text of texts) {
    const sought = soughtOf(text);
    if (sought.by === "uid") uids.add(sought.uid);
    else
      for (const [instance, ofInstance] of days) {
        const { identity, day } = knownAs(sought.raw, instance);
        const identities = ofInstance.get(day) ?? new Set();
        ofInstance.set(day, identities.add(identity));
      }
  }
  return { uids, days };
}

async function throughSpool(
  { lookup, progress }: FindOptions,
  show: (base64: string) => void,
): Promise<void> {
  const { oldest, head } = await lookup.extent({});
  for (let before = head + 1; before > oldest; ) {
    progress("the spool", (head + 1 - before) / Math.max(1, head + 1 - oldest));
    const step = await lookup.uids({ before });
    show(step.uids);
    before = step.before;
  }
}

async function throughDay(
  { lookup, instance, day }: FindOptions & { readonly instance: string; readonly day: number },
  show: (base64: string) => void,
): Promise<void> {
  for (let after: number | undefined = -1; after !== undefined; ) {
    const step: Awaited<ReturnType<typeof lookup.identities>> = await lookup.identities({
      ...{ instance, day, after },
    });
    show(step.identities);
    after = step.after;
  }
}
