import { httpClient } from "../../net/http/client.ts";
import type { HttpClient, HttpOptions, HttpRequest } from "../../net/http/http.ts";
import { isHeaderValue } from "../../schema/headers.ts";
import type { Clock } from "../../time/clock.ts";
import { type HttpReply, httpExchange } from "../http-exchange.ts";
import type { DeliveryReason, RetryResult } from "../output.ts";
import type { Credential } from "./credential.ts";

/** What is asked of a cluster, by whichever node. */
export interface ClusterQuestion extends Pick<HttpRequest, "method" | "body"> {
  /** Path and query, below the path of the node's address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How much of a success is read. */
  readonly maxBytes?: number;
}

/** The nodes of one cluster. */
export interface Nodes {
  /**
   * Asks the node whose turn it is, and the next where that one cannot be asked; each once. Never throws.
   * What it asks may come to two of them.
   */
  ask(question: ClusterQuestion, deadline: AbortSignal): Promise<HttpReply | RetryResult>;
  /** The same of each of them, by itself. */
  readonly each: readonly {
    readonly http: HttpOptions;
    ask(question: ClusterQuestion, deadline: AbortSignal): Promise<HttpReply | RetryResult>;
  }[];
  reload(): boolean;
  close(): Promise<void>;
}

interface Node {
  readonly http: HttpOptions;
  readonly client: HttpClient;
  /** Failures in a row, and until when it rests, monotonic milliseconds. */
  failures: number;
  restsUntil: number;
}

const firstRestMs = 1_000;
const longestRestMs = 60_000;

/** After these another node may do better. */
const unreachable: ReadonlySet<DeliveryReason> = new Set([
  "timeout",
  "dns",
  "connect",
  "connection_lost",
  "tls",
  "proxy",
  "bad_answer",
]);
/** A node, or what stands before it, that has no cluster behind it. */
const ailing: ReadonlySet<number> = new Set([502, 503, 504]);

/** Does not connect yet; throws an Error that names what cannot be used. */
export function clusterNodes(addresses: readonly HttpOptions[], credential: Credential, clock: Clock): Nodes {
  const nodes = addresses.map(
    (http): Node => ({ http, client: httpClient(http), failures: 0, restsUntil: 0 }),
  );
  let turn = 0;

  async function askNode(node: Node, question: ClusterQuestion, deadline: AbortSignal) {
    const given = credential.headers();
    if (!Object.values(given).every(isHeaderValue)) return unusableCredential;
    const { method, path, headers, body, maxBytes } = question;
    const { url } = node.http;
    const request = {
      method,
      path: `${url.pathname.replace(/\/+$/, "")}${path}`,
      headers: { ...headers, ...given },
      ...(body !== undefined && { body }),
      deadline,
    };
    const reply = await httpExchange(node.client, request, url.host, credential.secrets(), maxBytes);
    if (!isAiling(reply)) {
      node.failures = 0;
      node.restsUntil = 0;
    } else {
      node.failures += 1;
      const restMs = Math.min(longestRestMs, firstRestMs * 2 ** (node.failures - 1));
      node.restsUntil = clock.monotonic() + restMs;
    }
    return reply;
  }

  /** By turns; behind them those that rest, whoever rests the shortest first. */
  function inOrder(): Node[] {
    const now = clock.monotonic();
    const ready = nodes.filter(({ restsUntil }) => restsUntil <= now);
    const resting = nodes.filter((node) => !ready.includes(node));
    const first = turn++ % Math.max(1, ready.length);
    return [
      ...ready.slice(first),
      ...ready.slice(0, first),
      ...resting.sort((one, other) => one.restsUntil - other.restsUntil),
    ];
  }

  return {
    async ask(question, deadline) {
      const tried: (HttpReply | RetryResult)[] = [];
      for (const node of inOrder()) {
        const reply = await askNode(node, question, deadline);
        if (!isAiling(reply)) return reply;
        tried.push(reply);
        if (deadline.aborted) break;
      }
      return noneOf(tried);
    },
    each: nodes.map((node) => ({
      http: node.http,
      ask: (question, deadline) => askNode(node, question, deadline),
    })),
    reload: () => nodes.map(({ client }) => client.reload()).includes(true),
    async close() {
      await Promise.all(nodes.map(({ client }) => client.close()));
    },
  };
}

function isAiling(reply: HttpReply | RetryResult): boolean {
  return reply.status === "retry" ? unreachable.has(reply.reason) : ailing.has(reply.status);
}

/** A person has to repair something only where that is so of each of them. */
function noneOf(tried: readonly (HttpReply | RetryResult)[]): HttpReply | RetryResult {
  const passes = tried.find((each) => each.status !== "retry" || each.hold !== true);
  const shown = passes ?? (tried[0] as RetryResult);
  if (shown.status !== "retry" || tried.length === 1) return shown;
  const details = tried.flatMap((each) => (each.status === "retry" ? [each.detail] : []));
  return { ...shown, detail: details.join("; ").slice(0, 500) };
}

const unusableCredential: RetryResult = {
  ...{ status: "retry", reason: "configuration", hold: true },
  detail: "the credential holds characters that a header cannot carry",
  fix: "look at the files that `api_key` or `password` are read from: one line of text, no control characters",
};
