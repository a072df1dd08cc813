import type { Agent } from "../../agent.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { timedOut } from "../http-outcome.ts";
import type { Output, RefusedResult, Rejection, RetryResult, SendResult } from "../output.ts";
import { type Packing, packed } from "../packed.ts";
import type { Payloads } from "../payloads.ts";
import { TakenBefore } from "../taken-before.ts";
import { notThereYet } from "./already-there.ts";
import { type BulkOutcome, bulkAnswer, bulkAnswerBytes, bulkFilter } from "./bulk-answer.ts";
import type { Credential } from "./credential.ts";
import { bulkBody, documentLines, isAgain, streamName } from "./document.ts";
import { clusterNodes } from "./nodes.ts";
import { probeCluster } from "./probe.ts";
import { setUp } from "./setup.ts";
import { type StreamReadinessOptions, streamReadiness } from "./stream-readiness.ts";

/** What an output to Elasticsearch or OpenSearch is made with; times in milliseconds. */
export interface ElasticsearchOptions extends Omit<StreamReadinessOptions, "nodes" | "stream"> {
  readonly nodes: readonly HttpOptions[];
  readonly credential: Credential;
  readonly namespace: string;
  readonly compression: Exclude<Packing, "zstd">;
  readonly timeoutMs: number;
  readonly agent: Agent;
}

/** A data stream of Elasticsearch or OpenSearch. Does not connect yet. */
export function elasticsearch(options: ElasticsearchOptions): Output {
  const { credential, namespace, clock, agent, timeoutMs } = options;
  const nodes = clusterNodes(options.nodes, credential, clock);
  const place = { ...options, nodes, stream: streamName(namespace) };
  const readiness = streamReadiness(place);
  const where = options.nodes.map(({ url }) => url.host).join(", ");
  const takenBefore = new TakenBefore();

  async function attempt(batch: Payloads, deadline: AbortSignal): Promise<SendResult> {
    const unready = await readiness.look(deadline);
    if (unready !== undefined) return unready;
    const wanted = isAgain(batch) ? await notThereYet(batch, { ...place, deadline }) : undefined;
    if (wanted !== undefined && "status" in wanted) return wanted;
    const indexes = takenBefore.others(batch).filter((index) => wanted?.has(index) ?? true);
    const outcome = await bulk(place, batch, indexes, deadline);
    if (outcome.status !== "answered") return outcome;
    const at = (index: number) => indexes[index] as number;
    if (outcome.failed === undefined) {
      takenBefore.over(batch);
      const rejected = outcome.rejected.map((each): Rejection => ({ ...each, index: at(each.index) }));
      return { status: "delivered", rejected };
    }
    takenBefore.remember(batch, outcome.taken.map(at));
    // What was a data stream may be gone.
    if (outcome.failed.hold === true) readiness.forget();
    return outcome.failed;
  }

  return {
    encode: documentLines(namespace, agent),

    async send(batch, within) {
      if (within.aborted) return timedOut(where);
      const { signal, clear } = deadlineAfter(clock, timeoutMs, within);
      try {
        return await attempt(batch, signal);
      } finally {
        clear();
      }
    },
    probe: (deadline) => probeCluster({ ...place, deadline }),
    setup: async (deadline) => (await setUp(nodes, options, deadline)).findings,
    reload: () => nodes.reload(),
    close: () => nodes.close(),
  };
}

type BulkPlace = Pick<StreamReadinessOptions, "nodes" | "stream" | "clock"> &
  Pick<ElasticsearchOptions, "compression" | "timeoutMs">;

/** So long the cluster waits for a shard that is away; then it says so, before our patience ends. */
const patienceOfCluster = 0.8;

/** The documents at `indexes`, which the outcome counts by their place there. */
async function bulk(
  { nodes, stream, clock, compression, timeoutMs }: BulkPlace,
  batch: Payloads,
  indexes: readonly number[],
  deadline: AbortSignal,
): Promise<BulkOutcome | RetryResult | RefusedResult> {
  if (indexes.length === 0) return nothingSent;
  const { body, headers } = await packed([bulkBody(batch, indexes)], compression);
  const question = {
    method: "POST" as const,
    path: `/${stream}/_bulk?timeout=${Math.ceil(timeoutMs * patienceOfCluster)}ms&${bulkFilter}`,
    headers: { ...headers, "content-type": "application/x-ndjson" },
    body,
    maxBytes: bulkAnswerBytes(indexes.length),
  };
  const reply = await nodes.ask(question, deadline);
  if (reply.status === "retry") return reply;
  return bulkAnswer(reply, indexes.length, clock.now());
}

/** An empty request is an error to the server. */
const nothingSent: BulkOutcome = { status: "answered", taken: [], rejected: [], failed: undefined };
