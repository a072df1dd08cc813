import { excerpt } from "../../text/excerpt.ts";
import type { HttpReply } from "../http-exchange.ts";
import { httpOutcome } from "../http-outcome.ts";
import type { RefusedResult, RetryResult } from "../output.ts";

/** What a person does about a request that was refused. */
export interface RequestFixes {
  readonly credential: string;
  readonly privilege: string;
  readonly template: string;
}

/** Of `_bulk`. */
export const bulkFixes: RequestFixes = {
  credential: "check `api_key`, or `username` and `password`: the cluster does not accept them",
  privilege: "give the credential the privileges `create_doc` and `auto_configure` on the data stream",
  template:
    "run `wandb-audit-forwarder setup`, or set `manage_template: true`: nothing makes this name a data stream",
};

/** What a refusal of a whole request means: none of its documents was looked at. */
export function refusedRequest(
  reply: HttpReply,
  { credential, privilege, template }: RequestFixes,
  nowMs: number,
): RetryResult | RefusedResult {
  const { status, headers } = reply;
  const said = serverWords(reply.text);
  const outcome = httpOutcome(status, headers, said ?? reply.text, nowMs);
  // Where it is the cluster that speaks, it says what is wrong; else what stands before it does.
  if (said === undefined || outcome.status === "refused" || outcome.hold !== true) return outcome;
  if (status === 401) return { ...outcome, fix: credential };
  if (status === 403) return { ...outcome, fix: privilege };
  if (status === 404) return { ...outcome, fix: template };
  if (status === 400) return { ...outcome, fix: foreignFix };
  return outcome;
}

const foreignFix =
  "the cluster does not take the request as it is: see its words; most likely something between changes it, or it is older than what this program knows";

/** What Elasticsearch or OpenSearch says in an error; undefined where something else speaks. */
export function serverWords(text: string): string | undefined {
  try {
    const { error, status } = JSON.parse(text) as { error?: unknown; status?: unknown };
    if (typeof error === "string") return excerpt(error, 400);
    const { type, reason } = Object(error) as { type?: unknown; reason?: unknown };
    if (typeof type !== "string" || typeof status !== "number") return undefined;
    return excerpt(typeof reason === "string" ? `${type}: ${reason}` : type, 400);
  } catch {
    return undefined;
  }
}
