import { isOwnPayload } from "../event/own-event.ts";
import { isTestEvent } from "../event/test-event.ts";
import { adminAnswer } from "./elasticsearch-admin.ts";
import { type Cluster, clusterOf, fault, type StoredDocument } from "./elasticsearch-cluster.ts";
import type { HttpBehaviour, ReceivedRequest, ReceiverReply } from "./http-behaviour.ts";
import { type HttpReceiver, type HttpReceiverOptions, startHttpReceiver } from "./http-receiver.ts";

/**
 * What single documents are answered with: `refuse_one` refuses those that hold the text `match`,
 * `throttle_some` every second one, `blocked` and `missing` all of them; `failure_store` takes what holds
 * `match` where nobody looks for it; `unheard` takes them all, and a gateway answers that nobody did.
 */
export type BulkBehaviour =
  | "refuse_one"
  | "throttle_some"
  | "blocked"
  | "missing"
  | "failure_store"
  | "unheard";

/** What the cluster is like. */
export interface ElasticsearchReceiverOptions {
  readonly port?: number;
  readonly tls?: NonNullable<HttpReceiverOptions["tls"]>;
  readonly product?: "elasticsearch" | "opensearch";
  /** Value that `authorization` must have. */
  readonly authorization?: string;
  /** Without a template that makes the name a data stream. */
  readonly bare?: boolean;
  /** Privileges that the credential lacks. */
  readonly lacks?: readonly string[];
  /** Without ILM or ISM. */
  readonly withoutPolicies?: boolean;
  /** A document that holds this text is refused. */
  readonly refuses?: string;
  /** Stores a document again that it has: what has the same uid can be seen. */
  readonly storesTwice?: boolean;
  /** Another node of the same cluster. */
  readonly cluster?: Cluster;
  /** How many of the newest documents are kept for `taken`. */
  readonly keep?: number;
}

/** The stand-in, and what it took. */
export interface ElasticsearchReceiver extends HttpReceiver<BulkBehaviour | HttpBehaviour> {
  /** The newest documents that were stored, oldest first. */
  taken(): readonly StoredDocument[];
  /** Documents ever stored. */
  count(): number;
  /** How many of them were test events. */
  tests(): number;
  /** How many of them told of the forwarder and not of W&B. */
  own(): number;
  /** What it has, for another node. */
  readonly cluster: Cluster;
  /** The data stream goes on in another backing index: what was stored may be stored again. */
  rollOver(): void;
  /** What was asked for, newest last: method and path. */
  asked(): readonly string[];
}

/**
 * A stand-in for a node of Elasticsearch or OpenSearch: one data stream, whose documents have an `_id` that
 * is unique within a backing index, and what is asked about templates and privileges.
 */
export async function startElasticsearchReceiver(
  options: ElasticsearchReceiverOptions = {},
): Promise<ElasticsearchReceiver> {
  const { product = "elasticsearch", authorization, keep = 100_000, withoutPolicies = false } = options;
  const cluster =
    options.cluster ??
    clusterOf({ keep, bare: options.bare === true, storesTwice: options.storesTwice === true });
  const asked: string[] = [];

  function answer(request: ReceivedRequest, how: string, match: string | undefined): ReceiverReply {
    if (asked.push(`${request.method} ${request.path}`) > 2_000) asked.splice(0, 1_000);
    const headers = product === "elasticsearch" ? { "x-elastic-product": "Elasticsearch" } : {};
    if (authorization !== undefined && request.headers.authorization !== authorization)
      return {
        headers,
        ...fault(401, "security_exception", `not accepted: ${request.headers.authorization}`),
      };
    const reply = request.path.endsWith("/_bulk")
      ? cluster.bulk(request.body, { how, match, refuses: options.refuses })
      : adminAnswer(request, { cluster, product, lacks: options.lacks ?? [], withoutPolicies });
    return { headers, ...reply };
  }

  const accept = (request: ReceivedRequest) => answer(request, "accept", undefined);
  const says =
    (how: string) =>
    (request: ReceivedRequest, { match }: { readonly match?: string }) =>
      answer(request, how, match);
  const receiver = await startHttpReceiver<BulkBehaviour | HttpBehaviour>({
    ...(options.port !== undefined && { port: options.port }),
    ...(options.tls !== undefined && { tls: options.tls }),
    accept,
    answers: {
      refuse_all: says("refuse_all"),
      refuse_one: says("refuse_one"),
      throttle_some: says("throttle_some"),
      blocked: says("blocked"),
      missing: says("missing"),
      failure_store: says("failure_store"),
      unheard: (request) => {
        const reply = accept(request);
        return request.path.endsWith("/_bulk") ? { status: 504, body: "the time is over" } : reply;
      },
    },
  });
  return {
    ...receiver,
    taken: () => cluster.stored().slice(-keep),
    count: cluster.count,
    tests: () => cluster.counted(isTestEvent),
    own: () => cluster.counted(isOwnPayload),
    cluster,
    rollOver: cluster.rollOver,
    asked: () => asked,
  };
}
