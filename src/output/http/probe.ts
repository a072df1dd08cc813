import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import { limitText } from "../../text/amounts.ts";
import { excerpt } from "../../text/excerpt.ts";
import type { HttpReply } from "../http-exchange.ts";
import { httpOutcome } from "../http-outcome.ts";
import type { RetryResult } from "../output.ts";
import type { OldestAccepted } from "./oldest.ts";

/** What a probe is made with. */
export interface EndpointProbe {
  readonly http: HttpOptions;
  readonly deadline: AbortSignal;
  /** Sends a request without a body, which holds no event. */
  readonly ask: () => Promise<HttpReply | RetryResult>;
  readonly options: { readonly oldest: OldestAccepted | undefined };
}

/** Statuses that say of a request without events: it came to who takes events, and was let in. */
const complains: ReadonlySet<number> = new Set([400, 411, 415, 422]);

/**
 * Tries address and credential. Leaves no event behind: what a request without a body is answered with, each
 * endpoint decides for itself.
 */
export async function probeEndpoint(probe: EndpointProbe): Promise<readonly Finding[]> {
  const { http, deadline, options } = probe;
  const reply = await probe.ask();
  const certificate = await certificateFindings(http, deadline);
  return [...certificate, answered(reply, probe), ...oldestFinding(options)];
}

function answered(reply: HttpReply | RetryResult, { http }: EndpointProbe): Finding {
  if (reply.status === "retry") return problem(reply);
  const { status, headers, text } = reply;
  if ((status >= 200 && status <= 299) || complains.has(status))
    return {
      level: "warning",
      text: `${http.url.host}: answers a request without events with ${excerpt(`HTTP ${status}: ${text}`, 200)}; that it takes events is not proven`,
      fix: "prove it once with --send-test-event",
      open: true,
    };
  const outcome = httpOutcome(status, headers, text, http.clock.now());
  return outcome.status === "retry" ? problem(outcome) : { level: "problem", text: outcome.detail };
}

function problem({ detail, fix }: RetryResult): Finding {
  return { level: "problem", text: detail, ...(fix !== undefined && { fix }) };
}

function oldestFinding({ oldest }: EndpointProbe["options"]): Finding[] {
  if (oldest === undefined) return [];
  const age = limitText(oldest.ageMs / 1000);
  return [
    {
      level: "ok",
      text: `events older than ${age} are not sent: ${oldest.older === "hold" ? "they hold this output" : "they become dead letters (too_old)"}`,
    },
  ];
}
