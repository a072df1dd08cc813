import type { HttpClient, HttpRequest } from "../net/http/http.ts";
import { type Scrub, scrubber } from "../secret/scrub.ts";
import type { Secret } from "../secret/secret.ts";
import { failedExchange, maxAnswerBytes, timedOut } from "./http-outcome.ts";
import type { RetryResult } from "./output.ts";

/** An answer that arrived whole, or so much of it as is read; free of secrets. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * One request and its answer. Never throws: whatever came between is the result the delivery loop acts on.
 * `where` names the remote to people, `secrets` are blotted out of what the remote says. Of a success
 * `maxSuccessBytes` are read, of anything else 64 KiB.
 */
export async function httpExchange(
  client: HttpClient,
  request: HttpRequest,
  where: string,
  secrets: readonly Secret[],
  maxSuccessBytes = maxAnswerBytes,
): Promise<HttpReply | RetryResult> {
  if (request.deadline.aborted) return timedOut(where);
  try {
    const answer = await client.request(request);
    const success = answer.status >= 200 && answer.status <= 299;
    const text = await answer.text(success ? maxSuccessBytes : maxAnswerBytes);
    const clean = scrubOf(client, secrets);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) headers[name] = clean(value);
    return { status: answer.status, headers, text: clean(text) };
  } catch (error) {
    return failedExchange(error, where, request.deadline);
  }
}

/** By client, what cleaned its last answer: made anew it takes as long as some events do. */
const scrubs = new WeakMap<HttpClient, { readonly secrets: readonly Secret[]; readonly scrub: Scrub }>();

function scrubOf(client: HttpClient, secrets: readonly Secret[]): Scrub {
  const last = scrubs.get(client);
  const same =
    last?.secrets.length === secrets.length && last.secrets.every((one, at) => one === secrets[at]);
  if (same) return last.scrub;
  const scrub = scrubber(secrets);
  scrubs.set(client, { secrets, scrub });
  return scrub;
}

/** A web page: no receiver of events answers with one. */
export function isPage({ headers, text }: HttpReply): boolean {
  return /^\s*</.test(text) || (headers["content-type"] ?? "").startsWith("text/html");
}
