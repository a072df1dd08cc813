import type { ClientHttp2Stream } from "node:http2";
import { EarlyAnswer } from "../http/early-answer.ts";

/**
 * Writes a message in its pieces, together, and ends the stream behind it. Resolves once all of it has left;
 * rejects when the stream ends before that.
 */
export function sendMessage(stream: ClientHttp2Stream, pieces: readonly Buffer[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let left = false;
  stream.cork();
  for (const piece of pieces.slice(0, -1)) stream.write(piece);
  // Where the other side has ended already, the end of ours closes the stream before anybody is told that the
  // last bytes have left: so it waits for them.
  stream.write(pieces.at(-1), (error) => {
    if (error || stream.destroyed) return;
    left = true;
    stream.end();
  });
  stream.uncork();
  stream.once("finish", resolve);
  stream.once("close", () => {
    if (left) resolve();
    else reject(new EarlyAnswer(new Error(`the stream was ended (HTTP/2 error ${stream.rstCode})`)));
  });
  return promise;
}
