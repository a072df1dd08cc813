import type { IncomingMessage } from "node:http";

/** What is too long for the first line of a request comes as its body, and may be so long, bytes. */
const longestBody = 1024 * 1024;

/** What a body with a query is sent as. */
export const formType = "application/x-www-form-urlencoded";

/**
 * The query that a request was sent with, in its first line or as its body; undefined where that is too long
 * or does not come.
 */
export async function sentQuery(
  request: IncomingMessage,
  line: string,
): Promise<URLSearchParams | undefined> {
  if (request.method !== "POST" || request.headers["content-type"] !== formType)
    return new URLSearchParams(line);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > longestBody) return undefined;
      pieces.push(piece);
    }
  } catch {
    return undefined;
  }
  return new URLSearchParams(Buffer.concat(pieces).toString());
}
