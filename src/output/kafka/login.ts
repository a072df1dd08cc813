import { Secret } from "../../secret/secret.ts";
import { smallFile } from "../../small-file.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import type { RetryResult } from "../output.ts";
import type { HeldToken } from "../token.ts";
import type { SaslOptions } from "./load-client.ts";

/** What lets the client in at the brokers. */
export interface Login {
  /** For the client: asked by it for every connection. */
  readonly sasl: SaslOptions;
  /** Why it cannot be tried now; undefined: it can. Never throws. */
  ready(deadline: AbortSignal): Promise<RetryResult | undefined>;
  /** It was not accepted: true where another may be had at once. */
  renew(): boolean;
  /** As `Output.reload`, of the way to who issues tokens. */
  reload(): boolean;
  /** What must not be shown. */
  secrets(): readonly Secret[];
  close(): Promise<void>;
}

const given = {
  ready: async () => undefined,
  renew: () => false,
  reload: () => false,
  close: async () => {},
};

/** A user with a password. */
export function passwordLogin(
  mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512",
  username: string,
  password: Secret,
): Login {
  return {
    ...given,
    sasl: { mechanism, username, password: () => password.reveal() },
    secrets: () => [password],
  };
}

/** A token in a file that somebody else renews. */
export function tokenFileLogin(file: string, extensions: Readonly<Record<string, string>>): Login {
  let last = new Secret("");
  const read = () => {
    last = new Secret(tokenIn(file));
    return last.reveal();
  };
  return {
    ...given,
    sasl: bearer(read, extensions),
    async ready() {
      try {
        read();
        return undefined;
      } catch (error) {
        return {
          ...{ status: "retry", hold: true, reason: "configuration", detail: (error as Error).message },
          fix: "check sasl.token_file and who writes it: one token, one line, readable for this program",
        };
      }
    },
    secrets: () => [last],
  };
}

/** So long an issuer is waited for where nothing else says it. */
const issueMs = 10_000;
const never = new AbortController().signal;

/** A token that an issuer gives. */
export function tokenLogin(
  held: HeldToken,
  extensions: Readonly<Record<string, string>>,
  clock: Clock,
): Login {
  // When the client asks is up to the brokers, with no send under way too; a token that is good for a while
  // is there without asking, and an issuer that says nothing is not waited for in every session anew.
  const current = async () => {
    const { signal, clear } = deadlineAfter(clock, issueMs, never);
    try {
      const token = await held.current(signal);
      if (token instanceof Secret) return token.reveal();
      throw new Error(token.detail);
    } finally {
      clear();
    }
  };
  return {
    sasl: bearer(current, extensions),
    async ready(deadline) {
      const token = await held.current(deadline);
      return token instanceof Secret ? undefined : token;
    },
    renew: held.renew,
    reload: held.reload,
    secrets: held.secrets,
    close: held.close,
  };
}

/** A broker that refuses a token says so in the bytes of an answer without an error (RFC 7628 §3.2.2). */
function bearer(
  token: () => string | Promise<string>,
  extensions: Readonly<Record<string, string>>,
): SaslOptions {
  return {
    mechanism: "OAUTHBEARER",
    token,
    oauthBearerExtensions: { ...extensions },
    authBytesValidator(bytes, callback) {
      const refusal =
        bytes.length === 0 ? undefined : new Error(`the token is refused: ${bytes.toString("utf8")}`);
      if (refusal === undefined) callback(null, bytes);
      else callback(refusal);
    },
  };
}

function tokenIn(file: string): string {
  let text: string;
  try {
    text = smallFile(file).bytes.toString("utf8").trim();
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "not a file"}`);
  }
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error(`${file} holds no token`);
  return text;
}
