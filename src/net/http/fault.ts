import { excerpt } from "../../text/excerpt.ts";
import { NotReached } from "../in-time.ts";
import { TlsFault, withoutTrace } from "../tls-fault.ts";
import { BadAnswer } from "./bad-answer.ts";
import type { NetworkFault } from "./http.ts";
import { ProxyFault } from "./proxy-fault.ts";

const timeouts = new Set(["ETIMEDOUT"]);
const unreachable = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "EADDRNOTAVAIL",
  "EACCES",
  "EPERM",
  "ENOENT",
  // No byte of a request has left before the TLS session stands.
  "ERR_NO_TLS",
]);
/** This host has no room for another connection. */
const exhausted = new Set(["EMFILE", "ENOBUFS", "ENOMEM"]);
/** The name is wrong, as far as the resolver knows; its other failures (`EAI_AGAIN`) pass by themselves. */
const names = new Set(["ENOTFOUND", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME"]);

/**
 * Sorts what a client, socket or TLS handshake threw, so that a person knows where to look. `where` is a host
 * or address, shown as is.
 */
export function networkFault(error: unknown, where: string): NetworkFault {
  const code = codeOf(error);
  const detail = excerpt(`${where}: ${messageOf(error)}`, 300);
  if (error instanceof ProxyFault) return { reason: "proxy", detail, fix: error.fix, hold: !error.passing };
  if (error instanceof TlsFault) return { reason: "tls", detail, fix: error.fix, hold: true };
  if (error instanceof BadAnswer)
    return { reason: "bad_answer", detail, fix: error.fix, hold: error.wrongPort };
  if (error instanceof NotReached)
    return {
      reason: "timeout",
      detail,
      fix: code === "ERR_NO_TLS" ? noTlsFix : firewallFix,
      hold: false,
    };
  if (timeouts.has(code) || isAbort(error))
    return {
      reason: "timeout",
      detail,
      fix: "the remote is too slow or a firewall drops packets: try it from this host, with curl, openssl s_client (TLS) or nc (TCP)",
      hold: false,
    };
  if (names.has(code))
    return { reason: "dns", detail, fix: "check the host name and this host's resolver", hold: true };
  if (code.startsWith("EAI_"))
    return {
      reason: "dns",
      detail,
      fix: "this host's resolver does not answer: it is tried again; look at the resolver if it stays",
      hold: false,
    };
  if (unreachable.has(code))
    return {
      reason: "connect",
      detail,
      fix:
        code === "ERR_NO_TLS"
          ? noTlsFix
          : "check host and port, that the remote runs, and the firewall between",
      hold: false,
    };
  if (exhausted.has(code))
    return {
      reason: "connect",
      detail,
      fix: "this host has no room for another connection: look at the limit of open files (LimitNOFILE) and at its memory",
      hold: false,
    };
  if (code === "ENFILE")
    return {
      reason: "connect",
      detail,
      fix: "this machine has no room for another open file: raise fs.file-max (sysctl), or find what holds so many (lsof)",
      hold: false,
    };
  return { reason: "connection_lost", detail, fix: lostFix(code), hold: false };
}

const firewallFix =
  "a firewall may drop packets, or the address may lead nowhere: try it from this host, with curl, openssl s_client (TLS) or nc (TCP)";
const noTlsFix =
  "check scheme and port: where the port does not speak TLS, write http://, tcp:// or relp://; else look at the remote's log";

function lostFix(code: string): string {
  if (code === "ERR_NO_ANSWER")
    return "check scheme and port: if the port speaks TLS, write https://; if it is for syslog, use an output of `type: syslog`; else look at the remote's log and at load balancer timeouts";
  if (code === "ERR_NO_ANSWER_TLS")
    return "check the port: one for gRPC or syslog ends HTTP like this (OTLP over HTTP is usually at 4318, gRPC at 4317); else look at the remote's log and at load balancer timeouts";
  return "the remote or something between ended the connection: look at its log and at load balancer timeouts";
}

function isAbort(error: unknown): boolean {
  const name = (error as { name?: unknown } | null)?.name;
  return name === "TimeoutError" || name === "AbortError";
}

/**
 * The code of the error, or of the first inner one that has it (AggregateError of several addresses, causes).
 */
function codeOf(error: unknown): string {
  for (const inner of innerErrors(error)) {
    const code = (inner as { code?: unknown }).code;
    if (typeof code === "string") return code;
  }
  return "";
}

function messageOf(error: unknown): string {
  for (const inner of innerErrors(error)) {
    const { message } = inner as { message?: unknown };
    if (typeof message === "string" && message !== "") return withoutTrace(message);
  }
  return codeOf(error) || "failed without a message";
}

function* innerErrors(error: unknown): Generator<object> {
  if (typeof error !== "object" || error === null) return;
  yield error;
  if (error instanceof AggregateError) for (const inner of error.errors) yield* innerErrors(inner);
  else if (error instanceof Error && error.cause !== undefined) yield* innerErrors(error.cause);
}
