import type { Clock } from "../../time/clock.ts";
import type { HttpReply } from "../http-exchange.ts";
import type { RefusedResult, RetryResult } from "../output.ts";
import type { Payloads } from "../payloads.ts";
import { documentUid } from "./document.ts";
import type { Nodes } from "./nodes.ts";
import { refusedRequest } from "./request-answer.ts";
import { objectsOf, parsedJson } from "./stream.ts";

interface Lookup {
  readonly nodes: Nodes;
  readonly stream: string;
  readonly clock: Clock;
  readonly deadline: AbortSignal;
}

/** Uids that one search asks for: far below what a search may give back (`index.max_result_window`). */
const mostUids = 1_000;

/**
 * The places of those documents of the batch that no backing index of the data stream has. `_id` is unique
 * within one of them alone, so what was written before a rollover would be stored once more.
 */
export async function notThereYet(
  batch: Payloads,
  { nodes, stream, clock, deadline }: Lookup,
): Promise<ReadonlySet<number> | RetryResult | RefusedResult> {
  const uids = Array.from({ length: batch.count }, (_, index) => documentUid(batch, index));
  const there = new Set<string>();
  for (let start = 0; start < uids.length; start += mostUids) {
    const part = uids.slice(start, start + mostUids);
    const reply = await nodes.ask(searchFor(stream, part), deadline);
    if (reply.status === "retry") return reply;
    // The data stream is not there yet: nothing of it is.
    if (reply.status === 404) continue;
    const found = reply.status === 200 ? idsOf(reply) : undefined;
    if (found === undefined) return notLookedUp(reply, clock.now());
    for (const id of found) there.add(id);
  }
  return new Set(uids.flatMap((uid, index) => (there.has(uid) ? [] : [index])));
}

/** Where a shard cannot be asked, nobody knows what it has: then the search must fail. */
function searchFor(stream: string, uids: readonly string[]) {
  const query = {
    size: uids.length,
    _source: false,
    track_total_hits: false,
    query: { ids: { values: uids } },
  };
  return {
    method: "POST" as const,
    path: `/${stream}/_search?allow_partial_search_results=false&filter_path=timed_out,hits.hits._id`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(query),
    maxBytes: 65_536 + uids.length * 256,
  };
}

function idsOf(reply: HttpReply): readonly string[] | undefined {
  const { hits, timed_out } = Object(parsedJson(reply)) as { hits?: unknown; timed_out?: unknown };
  const found = (Object(hits) as { hits?: unknown }).hits ?? [];
  if (timed_out !== false || !Array.isArray(found)) return undefined;
  return objectsOf(found).map(({ _id }) => String(_id));
}

/**
 * What goes beside the run must not hold it: a credential that may write and not read ends the replay, whose
 * events count as refused.
 */
function notLookedUp(reply: HttpReply, nowMs: number): RetryResult | RefusedResult {
  const failure = refusedRequest(reply, searchFixes, nowMs);
  if (failure.status === "refused" || failure.hold !== true) return failure;
  const { reason, detail } = failure;
  return {
    status: "refused",
    reason,
    detail: `a replay looks up first what the data stream has, and cannot: ${detail}. ${searchFixes.privilege}`,
  };
}

const searchFixes = {
  credential: "Check the credential",
  privilege: "Give the credential the privilege `read` on the data stream",
  template: "Check the data stream",
};
