import type { HttpReply } from "../http-exchange.ts";
import { httpOutcome } from "../http-outcome.ts";
import type { RetryResult } from "../output.ts";
import type { SearchProduct } from "./ecs-fields.ts";
import type { Nodes } from "./nodes.ts";
import { serverWords } from "./request-answer.ts";
import { parsedJson } from "./stream.ts";

/** What a node says of itself. */
export interface NodeIdentity {
  readonly status: "node";
  readonly product: SearchProduct;
  /** Absent where the credential may not know. */
  readonly version: string | undefined;
  readonly cluster: string | undefined;
  readonly clusterId: string | undefined;
}

/** What answers to `GET /`; a failure comes back. */
export function nodeIdentity(reply: HttpReply, nowMs: number): NodeIdentity | RetryResult {
  const root = Object(parsedJson(reply)) as Root;
  const { number, distribution } = Object(root.version) as { number?: unknown; distribution?: unknown };
  const known = reply.status === 200 && typeof number === "string";
  const product = distribution === "opensearch" ? "opensearch" : productByHeader(reply, known && root);
  if (product !== undefined && reply.status !== 401)
    return {
      status: "node",
      product,
      version: known ? number : undefined,
      cluster: text(root.cluster_name),
      clusterId: text(root.cluster_uuid),
    };
  const { status, headers } = reply;
  const outcome = httpOutcome(status, headers, serverWords(reply.text) ?? reply.text, nowMs);
  if (outcome.status === "refused") return { ...outcome, status: "retry" };
  return outcome.hold === true ? { ...outcome, fix: fixOf(status) ?? outcome.fix ?? foreign } : outcome;
}

interface Root {
  readonly cluster_name?: unknown;
  readonly cluster_uuid?: unknown;
  readonly version?: unknown;
  readonly tagline?: unknown;
}

function productByHeader({ headers }: HttpReply, root: Root | false): SearchProduct | undefined {
  if (headers["x-elastic-product"] === "Elasticsearch") return "elasticsearch";
  return root !== false && typeof root.tagline === "string" && root.tagline.startsWith("You Know")
    ? "elasticsearch"
    : undefined;
}

function fixOf(status: number): string | undefined {
  if (status === 401)
    return "check `api_key`, or `username` and `password`: the cluster does not accept them";
  if (status === 403) return "give the credential the cluster privilege `monitor`";
  return foreign;
}

const foreign =
  "check `urls`: neither Elasticsearch nor OpenSearch answers there (Kibana and Dashboards listen at 5601, Logstash at 9600; the cluster usually at 9200)";

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Which of both the cluster is; a failure comes back. */
export async function clusterProduct(
  nodes: Nodes,
  nowMs: number,
  deadline: AbortSignal,
): Promise<SearchProduct | RetryResult> {
  const reply = await nodes.ask({ method: "GET", path: "/" }, deadline);
  if (reply.status === "retry") return reply;
  const identity = nodeIdentity(reply, nowMs);
  return identity.status === "node" ? identity.product : identity;
}
