import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import { excerpt } from "../../text/excerpt.ts";
import type { Clock } from "../../time/clock.ts";
import { type HttpReply, isPage } from "../http-exchange.ts";
import type { DeliveryReason, RetryResult } from "../output.ts";
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
 * token is accepted. Receivers of another make that take HEC answer as they like to what is no event, which
 * is then said and is no problem.
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
  if (isSuccess(reply) && !isPage(reply))
    return open(
      `${http.url.host}: another receiver than Splunk answers (${words(reply)}): that it takes events`,
    );
  // Some proxies let only the event endpoint through; the token's test will tell.
  if (passedOver.has(answer.reason)) return { level: "warning", text: `health: ${answer.detail}` };
  return problem(answer);
}

const passedOver: ReadonlySet<DeliveryReason> = new Set(["busy", "not_found", "forbidden"]);

async function tokenFinding({ ask, clock, channel, deadline }: HecProbe): Promise<Finding> {
  const reply = await ask({ method: "POST", endpoint: "event", body: "", channel, deadline });
  if (reply.status === "retry") return problem(reply);
  if (hecBody(reply.text)?.code === noData) return { level: "ok", text: "the token is accepted" };
  const answer = hecAnswer(reply, 1, clock.now());
  if (answer.status === "accepted") return { level: "ok", text: "the token is accepted" };
  // Somebody who speaks HEC, or says that the request is empty, complains of the event that is not there.
  if (answer.status === "refused" || (isSuccess(reply) && !isPage(reply)) || saysEmpty(reply))
    return open(
      `it answers a request without events in its own way (${words(reply)}): that the token is right`,
    );
  return problem(answer);
}

async function ackFinding({ ask, clock, deadline }: HecProbe, channel: Channel): Promise<Finding> {
  const reply = await ask({ method: "POST", endpoint: "ack", body: '{"acks":[0]}', channel, deadline });
  if (reply.status === "retry") return problem(reply);
  if (ackStatus(reply, 0) !== undefined)
    return { level: "ok", text: "indexer acknowledgement answers: delivered means indexed" };
  const code = hecBody(reply.text)?.code;
  if (code === hecCodes.ackDisabled)
    return withoutAck("the token has no indexer acknowledgement: delivered means received by Splunk");
  const answer = hecAnswer(reply, 1, clock.now());
  const channelLost = code === hecCodes.channelMissing || code === hecCodes.invalidChannel;
  const unknown = answer.status !== "retry" || foreign.has(answer.reason);
  if (unknown && !channelLost)
    return withoutAck(
      `nothing there acknowledges (${words(reply)}): delivered means received, unless the receiver gives acknowledgement ids: then no batch is confirmed, and the output holds`,
      `let questions to /services/collector/ack through where a proxy turns them away; ${ackFix}`,
    );
  return problem(answer as RetryResult);
}

/** What an endpoint that is not there answers with. */
const foreign: ReadonlySet<DeliveryReason> = new Set(["configuration", "not_found"]);

const ackFix =
  "switch on indexer acknowledgement for the token, or set `ack: false` where the receiver has none";

function withoutAck(text: string, fix = ackFix): Finding {
  return { level: "warning", text, fix };
}

function open(what: string): Finding {
  return {
    level: "warning",
    text: `${what} is not proven`,
    fix: "prove it once with --send-test-event",
    open: true,
  };
}

function isSuccess({ status }: HttpReply): boolean {
  return status >= 200 && status <= 299;
}

function saysEmpty(reply: HttpReply): boolean {
  return (
    reply.status === 400 &&
    !isPage(reply) &&
    /\b(no|empty|missing)\b.*\b(payload|body|data|event)/i.test(reply.text)
  );
}

function words({ status, text }: HttpReply): string {
  return excerpt(`HTTP ${status}: ${text}`, 200);
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
