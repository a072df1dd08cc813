import { afterEach, beforeEach, expect, it } from "vitest";
import { askedLookup, lookupRoutes } from "../../src/admin/lookup.ts";
import type { AskedLookup, EventLookup } from "../../src/spool/event-lookup.ts";
import { acme, keep, record, today, uidOfText } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

let state: SpoolDirectory;
let here: EventLookup;
let asked: AskedLookup;
beforeEach(() => {
  state = new SpoolDirectory();
  const store = state.open();
  keep(store, "prod", [record("a"), record("b", { fault: "not_json", bytes: Buffer.from([0xff, 0]) })]);
  here = store.events;
  const routes = lookupRoutes(here);
  asked = askedLookup(async (path, query) => JSON.parse((await routes[path]?.(query))?.body ?? ""));
});
afterEach(() => state.remove());

const uid = uidOfText("b");
const questions: { readonly [Name in keyof EventLookup]: Parameters<EventLookup[Name]>[0] } = {
  extent: {},
  scan: { uid, before: 3 },
  uids: { before: 3 },
  inAppend: { uid, firstSeq: 1 },
  beside: { uid },
  days: { instance: acme },
  twins: { instance: acme, day: today, identity: uid, after: -1 },
  identities: { instance: acme, day: today, after: -1 },
  traces: { uid, first: 2, last: 2 },
  sources: {},
  closed: { source: "prod", day: today },
  books: { day: today },
  letters: { day: today },
  left: { day: today },
  losses: {},
  replaced: {},
  heads: {},
};

it.each(Object.keys(questions) as (keyof EventLookup)[])("%s says the same from afar", async (name) => {
  const near = here[name](questions[name] as never);
  const far = await asked[name](questions[name] as never);
  const plain = (answer: typeof near) =>
    "record" in answer && answer.record !== undefined
      ? { ...answer, record: { ...answer.record, bytes: [...answer.record.bytes] } }
      : answer;
  expect(plain(far)).toEqual(plain(near));
});

it("answers no question that it does not understand", async () => {
  const scan = lookupRoutes(here)["/events/scan"];
  const status = async (query: string) => (await scan?.(new URLSearchParams(query)))?.status;
  expect(await status(`uid=${uid}&before=3`)).toBe(200);
  expect(await status(`uid=${uid}`)).toBe(400);
  expect(await status(`uid=${uid}&before=x`)).toBe(400);
  expect(await status("uid=%27;--&before=3")).toBe(400);
});
