import { isHeaderName, isHeaderValue } from "../schema/headers.ts";
import type { Environment } from "./http/proxy.ts";

/** The encodings of OTLP over HTTP that can be sent. */
const protocols = ["http/protobuf", "http/json"] as const;
/** One of them. */
export type Protocol = (typeof protocols)[number];
/** How log records can be sent. */
export const logsProtocols = [...protocols, "grpc"] as const;
/** One of them. */
export type LogsProtocol = (typeof logsProtocols)[number];
/** How request bodies are packed. */
export type Compression = "gzip" | "none";

/**
 * What the OTEL_EXPORTER_OTLP_* variables say (OpenTelemetry Protocol Exporter specification); absent:
 * nothing.
 */
export interface OtlpEnvironment<P = LogsProtocol> {
  readonly endpoint: URL;
  readonly protocol?: P;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly compression?: Compression;
  readonly timeoutMs?: number;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/**
 * Reads the variables; those for the signal win over those for all. `protocol` counts before the one that
 * they name. Throws an Error that names a variable it cannot use, never its value.
 */
export function otlpEnvironment(
  environment: Environment,
  signal: "traces" | "metrics",
): OtlpEnvironment<Protocol>;
/** The same for log records, which may go over gRPC. */
export function otlpEnvironment(
  environment: Environment,
  signal?: "logs",
  protocol?: LogsProtocol,
): OtlpEnvironment;
/** Either. */
export function otlpEnvironment(
  environment: Environment,
  signal: "logs" | "traces" | "metrics" = "logs",
  given?: LogsProtocol,
): OtlpEnvironment {
  const forAll = "OTEL_EXPORTER_OTLP_";
  const forOne = `${forAll}${signal.toUpperCase()}_`;
  const named = (name: string) => environment[name] || undefined;
  const read = (name: string) => named(forOne + name) ?? named(forAll + name);
  const timeoutMs = millisecondsOf(read("TIMEOUT"));
  const [ca, cert, key] = [read("CERTIFICATE"), read("CLIENT_CERTIFICATE"), read("CLIENT_KEY")];
  const known = signal === "logs" ? logsProtocols : protocols;
  const protocol = given ?? choiceOf("PROTOCOL", read("PROTOCOL"), known);
  const compression = choiceOf("COMPRESSION", read("COMPRESSION"), ["gzip", "none"] as const);
  const insecure = read("INSECURE")?.toLowerCase() === "true";
  return {
    endpoint: endpointOf({ forAll, forOne, named, signal, grpc: protocol === "grpc", insecure }),
    headers: [
      ...headersOf(`${forAll}HEADERS`, named(`${forAll}HEADERS`)),
      ...headersOf(`${forOne}HEADERS`, named(`${forOne}HEADERS`)),
    ],
    ...(protocol !== undefined && { protocol }),
    ...(compression !== undefined && { compression }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  };
}

interface EndpointVariables {
  readonly forAll: string;
  readonly forOne: string;
  readonly named: (name: string) => string | undefined;
  readonly signal: string;
  readonly grpc: boolean;
  readonly insecure: boolean;
}

/** The one for this signal is used as it is, the one for all gets the path of this one; gRPC has no path. */
function endpointOf({ forAll, forOne, named, signal, grpc, insecure }: EndpointVariables): URL {
  const [all, one] = [named(`${forAll}ENDPOINT`), named(`${forOne}ENDPOINT`)];
  const variable = one === undefined ? `${forAll}ENDPOINT` : `${forOne}ENDPOINT`;
  if (grpc) {
    const text = one ?? all ?? "http://localhost:4317";
    // Without a scheme the variable for gRPC says whether there is TLS.
    const whole = text.includes("://") ? text : `${insecure ? "http" : "https"}://${text}`;
    return withoutPath(variable, urlOf(variable, whole));
  }
  if (one !== undefined) return urlOf(variable, one);
  return withPath(urlOf(variable, all ?? "http://localhost:4318"), `v1/${signal}`);
}

function withoutPath(variable: string, url: URL): URL {
  if (url.pathname !== "/" || url.search !== "") throw new Error(`${variable}: gRPC has no path`);
  return url;
}

/** `http://otel:4318` becomes `http://otel:4318/v1/logs`; an address that ends so already stays. */
export function withLogsPath(endpoint: URL): URL {
  return withPath(endpoint, "v1/logs");
}

function withPath(endpoint: URL, path: string): URL {
  const url = new URL(endpoint);
  if (!url.pathname.endsWith(`/${path}`)) url.pathname = `${url.pathname.replace(/\/+$/, "")}/${path}`;
  return url;
}

function urlOf(variable: string, text: string): URL {
  if (!URL.canParse(text)) throw new Error(`${variable} is not a URL`);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new Error(`${variable} must begin with https:// or http://`);
  if (url.username !== "" || url.password !== "")
    throw new Error(`${variable} must not hold a user name or password: use headers`);
  return url;
}

function choiceOf<T extends string>(
  name: string,
  text: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const choice = choices.find((one) => one === text);
  if (choice === undefined)
    throw new Error(`OTEL_EXPORTER_OTLP_${name} must be one of ${choices.join(", ")}`);
  return choice;
}

/** Milliseconds, as the specification has it. Nonsense counts as not set. */
function millisecondsOf(text: string | undefined): number | undefined {
  const ms = Number(text);
  return Number.isInteger(ms) && ms > 0 ? ms : undefined;
}

/** `name=value,name=value` with values percent-encoded (W3C Baggage without its properties). */
function headersOf(variable: string, text: string | undefined): (readonly [string, string])[] {
  if (text === undefined) return [];
  return text
    .split(",")
    .filter((member) => member.trim() !== "")
    .map((member) => {
      const at = member.indexOf("=");
      const name = member.slice(0, at).trim();
      const value = decoded(member.slice(at + 1).trim());
      if (at === -1 || !isHeaderName(name) || !isHeaderValue(value))
        throw new Error(`${variable} is not a list of name=value that headers can carry`);
      return [name, value];
    });
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
