import { NotReached } from "../in-time.ts";
import { TlsFault } from "../tls-fault.ts";
import { BadAnswer } from "./bad-answer.ts";

/** What went wrong at the proxy or on the way to it, not at the remote. */
export class ProxyFault extends Error {
  override readonly name = "ProxyFault";
  readonly fix: string;
  /** It may pass by itself; otherwise a person has to repair something. */
  readonly passing: boolean;

  constructor(cause: Error, options: { fix?: string; passing?: boolean } = {}) {
    super(cause instanceof TlsFault ? `TLS with the proxy: ${cause.message}` : cause.message, { cause });
    this.fix =
      options.fix ??
      (cause instanceof BadAnswer || cause instanceof TlsFault ? cause.fix : undefined) ??
      "check `proxy` (or HTTPS_PROXY), its credentials, and whether the host should be in NO_PROXY";
    this.passing = options.passing ?? mayPass(cause);
  }
}

/** As of a remote: what is started again, or out of reach for a while, needs nobody. */
const weather = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"],
  ...["EAI_AGAIN", "EAI_MEMORY", "EAI_SYSTEM"],
]);

function mayPass(cause: Error): boolean {
  return cause instanceof NotReached || weather.has((cause as NodeJS.ErrnoException).code ?? "");
}
