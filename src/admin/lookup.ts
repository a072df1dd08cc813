import type { AskedLookup, EventLookup } from "../spool/event-lookup.ts";
import { jsonAnswer, type RouteAnswer, type Routes } from "./routes.ts";

/** What each question takes. */
const questions = {
  extent: {},
  scan: { uid: "hex", before: "number" },
  uids: { before: "number" },
  inAppend: { uid: "hex", firstSeq: "number" },
  beside: { uid: "hex" },
  days: { instance: "text" },
  twins: { instance: "text", day: "number", identity: "hex", after: "number" },
  identities: { instance: "text", day: "number", after: "number" },
  traces: { uid: "hex", first: "number", last: "number" },
  sources: {},
  closed: { source: "text", day: "number" },
  books: { day: "number" },
  letters: { day: "number" },
  left: { day: "number" },
  losses: {},
  replaced: {},
  heads: {},
} as const satisfies { readonly [Name in keyof EventLookup]: Readonly<Record<string, Field>> };

type Field = "hex" | "number" | "text";
type Name = keyof EventLookup;
type Question = Readonly<Record<string, string | number>>;

const readers: Readonly<Record<Field, (text: string) => string | number | undefined>> = {
  hex: (text) => (/^[0-9a-f]{32}$/.test(text) ? text : undefined),
  number: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined),
  text: (text) => text,
};

const pathOf = (name: string) => `/events/${name}`;

/** What can be asked about single events, by path: for the control socket, because it shows what they say. */
export function lookupRoutes(lookup: EventLookup): Routes {
  const route = (name: Name) => (query: URLSearchParams) => {
    const question = questionOf(questions[name], query);
    if (question === undefined) return unknownQuestion(name);
    const answer = lookup[name](question as never);
    return jsonAnswer(200, "record" in answer ? { ...answer, record: onWire(answer.record) } : answer);
  };
  return Object.fromEntries((Object.keys(questions) as Name[]).map((name) => [pathOf(name), route(name)]));
}

/** The same asked of a daemon: `ask` gives the document that it answers a GET with. */
export function askedLookup(ask: (path: string, query: URLSearchParams) => Promise<unknown>): AskedLookup {
  const asking = (name: Name) => async (question: Question) => {
    const fields = Object.entries(question).map(([key, value]) => [key, String(value)] as [string, string]);
    const answer = (await ask(pathOf(name), new URLSearchParams(fields))) as { readonly record?: OnWire };
    return answer.record === undefined ? answer : { ...answer, record: offWire(answer.record) };
  };
  return Object.fromEntries(
    (Object.keys(questions) as Name[]).map((name) => [name, asking(name)]),
  ) as unknown as AskedLookup;
}

function questionOf(fields: Readonly<Record<string, Field>>, query: URLSearchParams): Question | undefined {
  const question: Record<string, string | number> = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = readers[field](query.get(key) ?? "");
    if (value === undefined || value === "") return undefined;
    question[key] = value;
  }
  return question;
}

function unknownQuestion(name: Name): RouteAnswer {
  const fields = Object.entries(questions[name]).map(([key, field]) => `${key} (${field})`);
  return {
    status: 400,
    type: "text/plain; charset=utf-8",
    body: `the query takes ${fields.join(", ")}\n`,
  };
}

type Kept = NonNullable<ReturnType<EventLookup["scan"]>["record"]>;
type OnWire = Omit<Kept, "bytes"> & { readonly base64: string };

function onWire(record: Kept | undefined): OnWire | undefined {
  if (record === undefined) return undefined;
  const { bytes, ...rest } = record;
  return { ...rest, base64: Buffer.from(bytes).toString("base64") };
}

function offWire({ base64, ...rest }: OnWire): Kept {
  return { ...rest, bytes: Buffer.from(base64, "base64") };
}
