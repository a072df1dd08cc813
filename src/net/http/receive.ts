import type { ClientRequest, IncomingMessage } from "node:http";
import { BadAnswer, badAnswer } from "./bad-answer.ts";
import { contentOf } from "./content.ts";
import { EarlyAnswer } from "./early-answer.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";

/**
 * Sends the body and waits for the answer's head. Informational answers before it, of every kind and number,
 * are passed over (RFC 9110 §15.2). Rejects with BadAnswer for what HTTP does not allow, else with what the
 * connection met; with the deadline's reason when that comes first, and so does the answer's body.
 */
export function receive(
  asking: ClientRequest,
  body: HttpRequest["body"],
  deadline: AbortSignal,
): Promise<HttpAnswer> {
  // A head is bounded in bytes already; what is left out of it unseen could change its meaning.
  asking.maxHeadersCount = 0;
  let failure: Error | undefined;
  let head: IncomingMessage | undefined;
  const giveUp = () => void (head ?? asking).destroy(deadline.reason as Error);
  deadline.addEventListener("abort", giveUp, { once: true });
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  asking.on("error", (error) => {
    failure = deadline.aborted ? (deadline.reason as Error) : (badAnswer(error) ?? error);
    // One that came too early is told below.
    if (head === undefined || deadline.aborted) reject(failure);
  });
  asking.once("close", () => deadline.removeEventListener("abort", giveUp));
  asking.once("upgrade", (_, socket) => {
    socket.destroy();
    reject(new BadAnswer("it changes to another protocol (status 101), which nobody asked for"));
  });
  asking.once("response", (response) => {
    head = response;
    const answer = answerOf(response, () => failure);
    if (answer instanceof BadAnswer) {
      response.destroy();
      return reject(answer);
    }
    // Answered before it was read: nobody knows whether the rest will be, so the connection is of no more
    // use.
    response.once("end", () => {
      if (!asking.writableFinished) asking.destroy();
    });
    if (asking.writableFinished || !isSuccess(answer)) return resolve(answer);
    // A success is about all of the body only when all of it has left.
    asking.once("finish", () => resolve(answer));
    asking.once("close", () => reject(deadline.aborted ? deadline.reason : new EarlyAnswer(failure)));
  });
  endWith(asking, body);
  if (deadline.aborted) giveUp();
  return promise;
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/** What a body takes, bytes. */
export function bodyLength(body: HttpRequest["body"]): number {
  if (body === undefined) return 0;
  if (typeof body === "string" || Buffer.isBuffer(body)) return Buffer.byteLength(body);
  return body.reduce((sum, { length }) => sum + length, 0);
}

function endWith(asking: ClientRequest, body: HttpRequest["body"]): void {
  const parts = body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? [body] : body;
  for (const part of parts.slice(0, -1)) asking.write(part);
  asking.end(parts.at(-1));
}

function answerOf(response: IncomingMessage, failure: () => Error | undefined): HttpAnswer | BadAnswer {
  const headers = headersOf(response.rawHeaders);
  const coding = headers["transfer-encoding"]?.trim().toLowerCase();
  if (coding !== undefined && !/^(chunked|identity)$/.test(coding))
    return new BadAnswer(`a transfer coding that nobody asked for: ${coding.slice(0, 60)}`);
  // An error without a listener would end the process; whoever reads the body gets it from the iteration.
  response.on("error", () => {});
  const body = bodyOf(response, failure);
  const bytes = (maxBytes: number) => contentOf(body, headers["content-encoding"], maxBytes);
  return {
    status: response.statusCode ?? 0,
    headers,
    body,
    bytes,
    // A byte order mark is no part of a text (RFC 3629 §6).
    text: async (maxBytes) => new TextDecoder().decode(await bytes(maxBytes)),
    discard: () => void response.destroy(),
  };
}

/** The parser's words, where it was the parser that ended the body. */
async function* bodyOf(
  response: IncomingMessage,
  failure: () => Error | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* response as AsyncIterable<Buffer>;
  } catch (error) {
    throw failure() ?? cutBody(error);
  }
}

/** Node says only `aborted` of a connection that ended too early. */
function cutBody(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") return error;
  const words = "the connection ended before the answer did";
  return Object.assign(new Error(words, { cause: error }), { code: "ECONNRESET" });
}

/** Of which one counts; the others are lists, and several lines of them are one (RFC 9110 §5.3). */
const single = new Set(["content-type", "date", "location", "retry-after", "server"]);

function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    const value = raw[at + 1] as string;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (!single.has(name)) headers[name] = `${before}, ${value}`;
  }
  return headers;
}
