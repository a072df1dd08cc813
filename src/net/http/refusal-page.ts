import type { Socket } from "node:net";
import { excerpt } from "../../text/excerpt.ts";
import type { Clock } from "../../time/clock.ts";
import { asksForCertificate } from "../handshake.ts";
import type { TlsFiles } from "../tls.ts";
import { certificateNotTaken } from "../tls-fault.ts";
import type { HttpAnswer } from "./http.ts";

/** As much as anybody reads of an error's body. */
const pageBytes = 65_536;

/** nginx ends the handshake well, and then answers every request with one of these (status 400). */
const refusing = /No required SSL certificate was sent|The SSL certificate error/i;

/**
 * The answer, unless it is a page that refuses the client certificate: then rejects with TlsFault. Only
 * where one was asked for, and for a status of 400, the body is read for that: `bytes` and `text` have it
 * then.
 */
export async function unlessRefused(
  answer: HttpAnswer,
  socket: Socket | null | undefined,
  { tls, clock }: { readonly tls: TlsFiles; readonly clock: Clock },
): Promise<HttpAnswer> {
  if (answer.status !== 400 || !asksForCertificate(socket ?? undefined)) return answer;
  const page = await answer.bytes(pageBytes);
  const words = page.toString();
  const said = refusing.exec(words)?.[0];
  if (said !== undefined)
    throw certificateNotTaken(`HTTP 400: ${excerpt(said)}`, tls.options().from, clock.now());
  return {
    ...answer,
    bytes: async (maxBytes) => page.subarray(0, maxBytes),
    text: async (maxBytes) => new TextDecoder().decode(page.subarray(0, maxBytes)),
  };
}
