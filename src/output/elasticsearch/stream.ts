import { wildcard } from "../../text/wildcard.ts";
import type { Clock } from "../../time/clock.ts";
import type { HttpReply } from "../http-exchange.ts";
import { httpOutcome } from "../http-outcome.ts";
import type { RetryResult } from "../output.ts";
import type { Nodes } from "./nodes.ts";
import { serverWords } from "./request-answer.ts";

/** What a name is to a cluster. */
export type StreamStanding =
  /** A data stream. */
  | { readonly status: "there" }
  /** Not there, and the first document will make it one, by this template. */
  | { readonly status: "foreseen"; readonly template: string }
  /** It cannot be written to as a data stream: what a person has to do. */
  | { readonly status: "wrong"; readonly detail: string; readonly fix: string }
  /** The credential may not look. */
  | { readonly status: "unknown"; readonly detail: string };

/** What a cluster is asked for as JSON, up to so many bytes: hundreds of templates fit. */
export const maxJsonBytes = 4_194_304;

/**
 * Whether the name is that of a data stream, or will be. Without a template OpenSearch makes a plain index of
 * it at the first document, which can never become one. A failure comes back.
 */
export async function streamStanding(
  { nodes, stream, clock }: StreamPlace,
  deadline: AbortSignal,
): Promise<StreamStanding | RetryResult> {
  const found = await ask(`/_resolve/index/${stream}`, "data_streams");
  if (found.status !== "read") return found;
  const { indices, data_streams } = found.json as Resolved;
  if (objectsOf(data_streams).some(({ name }) => name === stream)) return { status: "there" };
  if (objectsOf(indices).some(({ name }) => name === stream)) return wrongIndex(stream);
  // Of no templates nothing is left by the filter.
  const all = await ask(`/_index_template?${templateFilter}`, undefined);
  return all.status === "read" ? byTemplates(stream, all.json as Templates) : all;

  async function ask(
    path: string,
    mustHave: string | undefined,
  ): Promise<Read | StreamStanding | RetryResult> {
    const reply = await nodes.ask({ method: "GET", path, maxBytes: maxJsonBytes }, deadline);
    return reply.status === "retry" ? reply : readOf(reply, mustHave, clock.now());
  }
}

/** Where a data stream is, or will be. */
export interface StreamPlace {
  readonly nodes: Nodes;
  readonly stream: string;
  readonly clock: Clock;
}

interface Read {
  readonly status: "read";
  readonly json: object;
}

/** Who may not look is not told; what is no answer of a cluster is a failure. */
function readOf(
  reply: HttpReply,
  mustHave: string | undefined,
  nowMs: number,
): Read | StreamStanding | RetryResult {
  const { status, headers, text } = reply;
  const json = parsedJson(reply);
  const words = serverWords(text);
  if (status === 404 && words !== undefined) return { status: "read", json: {} };
  const isObject = json instanceof Object && !Array.isArray(json);
  if (status === 200 && isObject && (mustHave === undefined || Array.isArray(Reflect.get(json, mustHave))))
    return { status: "read", json };
  if (words !== undefined && mayNot.has(status))
    return { status: "unknown", detail: `HTTP ${status}: ${words}` };
  const outcome = httpOutcome(status, headers, words ?? text, nowMs);
  return outcome.status === "refused" ? { ...outcome, status: "retry" } : outcome;
}

const mayNot: ReadonlySet<number> = new Set([400, 403, 405]);

interface Resolved {
  readonly indices?: unknown;
  readonly data_streams?: unknown;
}

interface Templates {
  readonly index_templates?: unknown;
}

const templateFilter =
  "filter_path=index_templates.name,index_templates.index_template.index_patterns,index_templates.index_template.priority,index_templates.index_template.data_stream";

/** Undefined where it is none. */
export function parsedJson({ text }: HttpReply): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The objects of a list that a server may have made of anything. */
export function objectsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(Object) : [];
}

function byTemplates(stream: string, { index_templates }: Templates): StreamStanding {
  const [first] = objectsOf(index_templates)
    .map(({ name, index_template }) => ({ name: String(name), ...templateIn(Object(index_template)) }))
    .filter(({ patterns }) => patterns.some((pattern) => wildcard(pattern)(stream)))
    .sort((one, other) => other.priority - one.priority);
  if (first?.makesStream) return { status: "foreseen", template: first.name };
  const why = first === undefined ? "no index template makes" : `index template ${first.name} does not make`;
  return { status: "wrong", detail: `${why} ${stream} a data stream`, fix: setupFix };
}

function templateIn({ index_patterns, priority, data_stream }: Readonly<Record<string, unknown>>) {
  return {
    patterns: [index_patterns].flat().filter((each) => typeof each === "string"),
    priority: typeof priority === "number" ? priority : 0,
    makesStream: data_stream !== undefined,
  };
}

/** How the templates get there. */
export const setupFix = "run `wandb-audit-forwarder setup`, or set `manage_template: true`";

function wrongIndex(name: string): StreamStanding {
  return {
    status: "wrong",
    detail: `${name} is an index, and not a data stream`,
    fix: `run \`wandb-audit-forwarder setup\`, move what is in it elsewhere (_reindex), and delete the index ${name}: the next event makes the data stream`,
  };
}
