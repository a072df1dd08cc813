import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import type { Clock } from "../../time/clock.ts";
import type { RetryResult } from "../output.ts";
import { ackStatus, hecAnswer, hecBody, hecCodes } from "./answer.ts";
import type { Channel, HecRequest } from "./request.ts";

/** What a probe is made with. */
export interface HecProbe {
  readonly ask: HecRequest;
  readonly http: HttpOptions;
  readonly clock: Clock;
  readonly index: string | undefined;
  /** Present: acknowledgement is wanted. */
  readonly channel: Channel | undefined;
  readonly deadline: AbortSignal;
}

const healthy = 17;
const noData = 5;

/**
 * Tries address, token and acknowledgement. Leaves no event behind: a request without one tells whether the
 * token is accepted.
 */
export async function probeHec(probe: HecProbe): Promise<readonly Finding[]> {
  const health = await healthFinding(probe);
  const certificate = await certificateFindings(probe.http, probe.deadline);
  if (health.level === "problem") return [...certificate, health];
  const token = await tokenFinding(probe);
  const found = [...certificate, health, token];
  if (token.level === "problem") return found;
  if (probe.channel !== undefined) found.push(await ackFinding(probe, probe.channel));
  found.push(indexFinding(probe.index));
  return found;
}

async function healthFinding({ ask, http, clock, deadline }: HecProbe): Promise<Finding> {
  const reply = await ask({ method: "GET", endpoint: "health", deadline });
  if (reply.status === "retry") return problem(reply);
  if (hecBody(reply.text)?.code === healthy)
    return { level: "ok", text: `${http.url.host}: the collector is healthy` };
  const answer = hecAnswer(reply, 1, clock.now());
  if (answer.status === "accepted") return { level: "ok", text: `${http.url.host}: the collector answers` };
  // Some proxies let only the event endpoint through; the token's test will tell.
  if (answer.reason === "busy" || answer.reason === "not_found" || answer.reason === "forbidden")
    return { level: "warning", text: `health: ${answer.detail}` };
  return problem(answer);
}

async function tokenFinding({ ask, clock, channel, deadline }: HecProbe): Promise<Finding> {
  const reply = await ask({ method: "POST", endpoint: "event", body: "", channel, deadline });
  if (reply.status === "retry") return problem(reply);
  if (hecBody(reply.text)?.code === noData) return { level: "ok", text: "the token is accepted" };
  const answer = hecAnswer(reply, 1, clock.now());
  if (answer.status === "accepted") return { level: "ok", text: "the token is accepted" };
  return problem(answer);
}

async function ackFinding({ ask, clock, deadline }: HecProbe, channel: Channel): Promise<Finding> {
  const reply = await ask({ method: "POST", endpoint: "ack", body: '{"acks":[0]}', channel, deadline });
  if (reply.status === "retry") return problem(reply);
  if (ackStatus(reply, 0) !== undefined)
    return { level: "ok", text: "indexer acknowledgement answers: delivered means indexed" };
  if (hecBody(reply.text)?.code === hecCodes.ackDisabled)
    return {
      level: "warning",
      text: "the token has no indexer acknowledgement: delivered means received by Splunk",
      fix: "switch on indexer acknowledgement for the token, or set `ack: false`",
    };
  const answer = hecAnswer(reply, 1, clock.now());
  return answer.status === "accepted"
    ? { level: "warning", text: "the acknowledgement endpoint answers with something else" }
    : problem(answer);
}

/** Whether the token may write to an index shows only when an event arrives. */
function indexFinding(index: string | undefined): Finding {
  if (index === undefined) return { level: "ok", text: "events go to the token's default index" };
  return {
    level: "ok",
    text: `index ${index}: only an event proves it (--send-test-event sends one); a wrong one puts the output on hold, and nothing is lost`,
    open: true,
  };
}

function problem({ detail, ...rest }: Pick<RetryResult, "detail" | "fix"> | { detail: string }): Finding {
  const fix = "fix" in rest ? rest.fix : undefined;
  return { level: "problem", text: detail, ...(fix !== undefined && { fix }) };
}
