import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Clock, dayMs } from "../time/clock.ts";
import type { WandbBehaviour } from "./wandb-behaviour.ts";
import { bodyOfGenerated, envelopeOf, plainOf } from "./wandb-body.ts";
import { type Asked, askedOf } from "./wandb-dialect.ts";
import { answersInstead, sendsWrongly, type WandbFault } from "./wandb-fault.ts";
import { asksHours, misheard } from "./wandb-hours.ts";
import type { WandbLog } from "./wandb-log.ts";

/** A request as it came in. */
export interface WandbRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** All of them, with lower-case names. */
  readonly headers: IncomingHttpHeaders;
}

/** What is asked: the log, how the server behaves, and the requests so far, oldest first. */
export interface WandbLogServer {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: WandbLog;
  readonly behaviour: WandbBehaviour;
  readonly requests: WandbRequest[];
  /** Bytes of logs that were sent, before compression. */
  sent: number;
}

const readTimeKeys = [
  "actor_email",
  "user_email",
  "entity_name",
  "project_name",
  "report_name",
  "artifact_qualified_name",
];

/**
 * Answers a request as the documented API does, or as the
 * fault that is on says. Rejects when the client goes away.
 */
export async function wandbAnswer(
  server: WandbLogServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { clock, random, behaviour, requests } = server;
  const url = new URL(request.url ?? "/", "http://localhost");
  requests.push({
    path: url.pathname,
    query: url.searchParams,
    authorization: request.headers.authorization,
    headers: request.headers,
  });
  const now = clock.now() + behaviour.skewMs;
  response.setHeader("date", new Date(now + behaviour.dateAheadMs).toUTCString());
  if (/^(\/.*)?\/graphql$/.test(url.pathname) && behaviour.viewer !== undefined)
    return showViewer(request, behaviour, response);
  if (!/^(\/.*)?\/audit_logs$/.test(url.pathname)) return refuse(response, 404, "404 page not found");
  if (!admitted(request, behaviour)) return refuse(response, 403, "Forbidden");
  const fault = takeFault(url.searchParams, behaviour);
  if (answersInstead(fault, response, behaviour)) return;
  if (behaviour.flapping > random()) return refuse(response, 503, "busy");
  if (fault === "cursor_expired" && url.searchParams.has("cursor"))
    return refuse(response, 400, "cursor expired");
  const hours = asksHours(url.searchParams) ? behaviour.hours : undefined;
  if (hours === "hours_failing") return refuse(response, 503, "busy");
  if (hours === "hours_refused") return refuse(response, 400, "startDate must be YYYY-MM-DD");
  const unknown =
    behaviour.strict && ["limit", "startDate", "cursor"].some((name) => url.searchParams.has(name));
  const asked = unknown ? "unknown parameter" : askedOf(url.searchParams, { ...behaviour, now });
  if (typeof asked === "string") return refuse(response, 400, asked);
  await show(server, misheard(asked, hours, now), fault, response);
}

/** An access proxy in front may want a token of its own. */
function admitted(request: IncomingMessage, behaviour: WandbBehaviour): boolean {
  const { name, value } = behaviour.accessHeader ?? {};
  if (name !== undefined && request.headers[name] !== value) return false;
  return hasKey(request, behaviour) && behaviour.viewer?.admin !== false;
}

function hasKey({ headers }: IncomingMessage, behaviour: WandbBehaviour): boolean {
  if (behaviour.apiKey === undefined) return true;
  const [, credentials = ""] = (headers.authorization ?? "").split(" ");
  return Buffer.from(credentials, "base64").toString("utf8").endsWith(`:${behaviour.apiKey}`);
}

/** Who asks, as W&B's GraphQL API says; everything else that it can is not there. */
function showViewer(request: IncomingMessage, behaviour: WandbBehaviour, response: ServerResponse): void {
  const { viewer } = behaviour;
  const body = JSON.stringify({ data: { viewer: hasKey(request, behaviour) ? viewer : null } });
  response.writeHead(200, { "content-type": "application/json" }).end(body);
}

function takeFault(query: URLSearchParams, behaviour: WandbBehaviour): WandbFault | undefined {
  const { faultTimes, faultDay } = behaviour;
  if (faultTimes <= 0 || (faultDay !== undefined && query.get("startDate") !== faultDay)) return undefined;
  behaviour.faultTimes--;
  return behaviour.fault;
}

async function show(
  server: WandbLogServer,
  asked: Asked,
  fault: WandbFault | undefined,
  response: ServerResponse,
): Promise<void> {
  const { behaviour, log, requests } = server;
  const { generated, shuffle } = behaviour;
  if (generated !== undefined) return send(bodyOfGenerated(generated, asked.envelope), behaviour, response);
  if (fault === "gzip_bomb") return bomb(response);
  if (shuffle) log.shuffle();
  const lines = linesOf(asked, log);
  const body = asked.envelope
    ? envelopeOf(lines, asked, { ...behaviour, fault }, requests.length)
    : plainOf(lines, { ...behaviour, fault });
  server.sent += Buffer.byteLength(body);
  if (sendsWrongly(fault, response, Buffer.from(body))) return;
  await send([body], behaviour, response);
}

function linesOf({ from, to, anonymize }: Asked, log: WandbLog): string[] {
  const lines: string[] = [];
  for (let day = Math.floor(from / dayMs); day * dayMs < to; day++) {
    const whole = day * dayMs >= from && (day + 1) * dayMs <= to;
    for (const line of log.day(day)) if (whole || isWithin(line, from, to)) lines.push(line);
  }
  return anonymize ? lines.map(anonymized) : lines;
}

async function send(
  pieces: Iterable<string>,
  { gzip, gzipLevel }: WandbBehaviour,
  response: ServerResponse,
): Promise<void> {
  const source = Readable.from(pieces, { objectMode: true, highWaterMark: 1 });
  if (!gzip) return pipeline(source, response);
  response.setHeader("content-encoding", "gzip");
  await pipeline(source, createGzip({ level: gzipLevel }), response);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-length": Buffer.byteLength(text) }).end(text);
}

function isWithin(line: string, from: number, to: number): boolean {
  const at = Date.parse(/"timestamp":"([^"]*)"/.exec(line)?.[1] ?? "");
  return at >= from && at < to;
}

function anonymized(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown>;
  for (const key of readTimeKeys) delete entry[key];
  return JSON.stringify(entry);
}

/** An eighth of a megabyte that unpacks to 128 megabytes. */
async function bomb(response: ServerResponse): Promise<void> {
  response.setHeader("content-encoding", "gzip");
  const megabyte = " ".repeat(2 ** 20);
  const pieces = Array.from({ length: 128 }, () => megabyte);
  await pipeline(Readable.from(pieces), createGzip(), response).catch(() => response.destroy());
}
