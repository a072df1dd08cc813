import { networkFault } from "../../net/http/fault.ts";
import type { NetworkFault } from "../../net/http/http.ts";
import { NotReached } from "../../net/in-time.ts";
import type { TlsFiles } from "../../net/tls.ts";
import { TlsFault, tlsFault } from "../../net/tls-fault.ts";
import type { Secret } from "../../secret/secret.ts";
import { excerpt } from "../../text/excerpt.ts";
import { withoutSecrets } from "../http-outcome.ts";
import type { RetryResult } from "../output.ts";
import { NoAddress, NotKafka } from "./connection-watch.ts";
import { meaningOf } from "./error-table.ts";
import { NotSasl } from "./guarded-sasl.ts";
import { MissingPackage } from "./load-client.ts";
import { Unconfirmed } from "./outcome.ts";
import { type BrokerAddress, brokerText, NoBroker } from "./reach.ts";
import { NoPartitions } from "./whole-metadata.ts";

/** What faults are told with. */
export interface FaultWords {
  readonly brokers: readonly BrokerAddress[];
  readonly tls: TlsFiles | undefined;
  readonly secrets: readonly Secret[];
  readonly hasSasl: boolean;
  readonly nowMs: number;
}

/** An error of the client's, with what it adds. */
interface ClientError {
  readonly code?: unknown;
  readonly message: string;
  readonly apiId?: unknown;
  readonly serverErrorMessage?: unknown;
}

/** The names of the protocol's errors that are inside of what the client threw, each with its words. */
export function protocolErrors(error: unknown): readonly { readonly id: string; readonly words: string }[] {
  return [...innerErrors(error)].flatMap(({ apiId, serverErrorMessage, message }) =>
    typeof apiId === "string"
      ? [{ id: apiId, words: typeof serverErrorMessage === "string" ? serverErrorMessage : message }]
      : [],
  );
}

/** What the client's errors come from: they nest, and each layer says only that the one below failed. */
export function kafkaFault(error: unknown, words: FaultWords): RetryResult {
  const where = brokerText(words.brokers[0] as BrokerAddress);
  const said = (text: string) => excerpt(withoutSecrets(`${where}: ${text}`, words.secrets), 400);
  const errors = [...innerErrors(error)];
  const found = protocolErrors(error).map(({ id, words: own }) => ({
    id,
    own,
    meaning: meaningOf(id),
  }));
  const worst = found.find(({ meaning }) => meaning.kind === "held") ?? found[0];
  if (worst !== undefined) {
    const { id, own, meaning } = worst;
    const detail = said(own === "" ? id : `${id}: ${own}`);
    if (meaning.kind === "held")
      return { status: "retry", hold: true, reason: meaning.reason, detail, fix: meaning.fix };
    const [reason, fix] =
      meaning.kind === "passing" ? [meaning.reason, meaning.fix] : ["server_error" as const];
    return { status: "retry", reason, detail, ...(fix !== undefined && { fix }) };
  }
  const garbled = errors.find((each) => each instanceof NotSasl);
  if (garbled !== undefined) return garbledLogin(said(garbled.message));
  for (const [at, each] of errors.entries()) {
    // Where the connection ended in the midst of it, nothing was said of who we are.
    const refused =
      each.code === authentication && !errors.slice(at).some(({ code }) => code === networkCode);
    if (refused) return refusedLogin(said(errors.at(-1)?.message ?? each.message));
    const own = ownFault(each, words, said);
    if (own !== undefined) return own;
  }
  return network(error, errors, words, where);
}

/** What the client says where nobody leads a partition. */
const noLeader = /the broker is not available in the current cluster metadata/;
/** What the client says of an answer that is shorter than what is in it. */
const endsTooEarly = "Out of bounds.";

/** What only the client and this output know. */
function ownFault(
  error: ClientError,
  words: FaultWords,
  said: (text: string) => string,
): RetryResult | undefined {
  const detail = said(error.message);
  const hold = (reason: RetryResult["reason"], fix: string): RetryResult => ({
    ...{ status: "retry", hold: true, reason, detail, fix },
  });
  if (error instanceof MissingPackage) return { ...hold("configuration", error.fix), detail: error.message };
  if (error instanceof NotKafka) return hold("bad_answer", error.fix);
  if (error instanceof NoAddress) return hold("bad_answer", "correct advertised.listeners of the brokers");
  if (error instanceof NoPartitions)
    return hold(
      "wrong_destination",
      "correct `topic`: it may be one of Kafka's own; else look at the brokers' log",
    );
  if (error instanceof Unconfirmed)
    return hold(
      "bad_answer",
      "look at what stands between, such as a proxy that speaks Kafka: each partition has to be answered for; what was sent comes again until it is",
    );
  if (error.message === "Broker requires TLS.")
    return hold("configuration", "the port speaks TLS: set `transport: tls`");
  if (error.code === "PLT_KFK_UNSUPPORTED_API")
    return hold("configuration", "the brokers are too old or not Kafka: 2.1 or newer is needed");
  if (error.code === "PLT_KFK_UNEXPECTED_CORRELATION_ID")
    return hold(
      "bad_answer",
      "check host and port of `brokers`: what answers there is not a broker of Kafka",
    );
  if (error instanceof TypeError || error instanceof RangeError || error.message === endsTooEarly)
    return {
      ...{ status: "retry", reason: "bad_answer" },
      detail: said(`an answer cannot be read: ${error.message}`),
      fix: "look at the brokers' log and at what stands between; they may be newer than the client knows",
    };
  if (noLeader.test(error.message))
    return {
      ...{ status: "retry", reason: "busy", detail },
      fix: "a partition has no leader, or none that the cluster names: look at the brokers that are down",
    };
  if (/timed out/.test(error.message))
    return {
      ...{ status: "retry", reason: "timeout", detail },
      fix: `the brokers answer too slowly or not at all, or something between swallows it, or no broker of Kafka is at that port: look at their log${words.hasSasl ? "" : "; a listener that wants SASL needs `sasl`"}`,
    };
  return undefined;
}

const authentication = "PLT_KFK_AUTHENTICATION";
const networkCode = "PLT_KFK_NETWORK";

function refusedLogin(detail: string): RetryResult {
  return {
    ...{ status: "retry", hold: true, reason: "unauthorized", detail },
    fix: "check `sasl`: the brokers do not accept the user, the password or the token (its issuer, audience, scope and time)",
  };
}

function garbledLogin(detail: string): RetryResult {
  return {
    ...{ status: "retry", hold: true, reason: "bad_answer", detail },
    fix: "check sasl.mechanism, and host and port of `brokers`: what answers there may be no broker of Kafka",
  };
}

function network(
  error: unknown,
  errors: readonly ClientError[],
  words: FaultWords,
  where: string,
): RetryResult {
  const unreached = errors.find((each) => each instanceof NoBroker) as NoBroker | undefined;
  const other = errors.flatMap(({ message }) => /^Connection to (\S+) failed/.exec(message)?.[1] ?? [])[0];
  const at = unreached === undefined ? (other ?? where) : brokerText(unreached.broker);
  const telling = errors.find(isTelling);
  const fault = networkFault(
    telling instanceof Error && words.tls !== undefined && isOfTls(telling)
      ? tlsFault(telling, words.tls.options().from, true, words.nowMs)
      : (telling ?? errors.at(-1) ?? error),
    at,
  );
  const detail = withoutSecrets(fault.detail, words.secrets);
  const named = words.brokers.some((broker) => brokerText(broker) === at);
  const fix = networkFix(fault, words, named);
  return { status: "retry", reason: fault.reason, detail, fix, ...(fault.hold && { hold: true }) };
}

function networkFix({ reason, fix }: NetworkFault, words: FaultWords, named: boolean): string {
  // What is said of TLS that is none speaks of addresses with a scheme.
  if (/write (http|tcp):/.test(fix))
    return "the port may not speak TLS: take the one that does, or set `transport: plaintext`; else look at the brokers' log";
  if (reason === "connection_lost") return lostFix(words);
  if (named || reason === "tls") return fix;
  return `the brokers give this address themselves (advertised.listeners): it has to be reached from here; ${fix}`;
}

function lostFix({ tls, hasSasl }: FaultWords): string {
  const wants = [
    ...(tls === undefined ? ["if the port speaks TLS, set `transport: tls`"] : []),
    ...(hasSasl ? [] : ["if the listener wants SASL, set `sasl`"]),
  ];
  return [...wants, "look at the brokers' log, and at what stands between"].join("; ");
}

/** What comes from the network or from TLS, below what the client wraps around it. */
function isTelling(error: ClientError): boolean {
  if (error instanceof TlsFault || error instanceof NotReached) return true;
  const { code } = error;
  return typeof code === "string" && !code.startsWith("PLT_KFK_") && code !== "";
}

function isOfTls({ code }: ClientError): boolean {
  return (
    typeof code === "string" &&
    /^(ERR_(SSL|OSSL|TLS)_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO)/.test(code)
  );
}

/** An error, and all that it holds and comes from. */
function* innerErrors(error: unknown, depth = 0): Generator<ClientError> {
  if (!(error instanceof Error) || depth > 20) return;
  yield error;
  const { errors } = error as { readonly errors?: unknown };
  if (Array.isArray(errors)) for (const inner of errors) yield* innerErrors(inner, depth + 1);
  yield* innerErrors(error.cause, depth + 1);
}
