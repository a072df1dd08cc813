import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Clock, dayMs } from "../time/clock.ts";
import type { WandbBehaviour } from "./wandb-behaviour.ts";
import { bodyOfGenerated, envelopeOf, plainOf } from "./wandb-body.ts";
import { type Asked, askedOf, type WandbDialect } from "./wandb-dialect.ts";
import { answersInstead, sendsWrongly, type WandbFault } from "./wandb-fault.ts";
import { WandbLog } from "./wandb-log.ts";

export type { WandbBehaviour } from "./wandb-behaviour.ts";

export interface WandbServerOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly dialect?: WandbDialect;
  /** Default 0: a free port. */
  readonly port?: number;
  /** The only API key that is let in; without it every key is. */
  readonly apiKey?: string;
}

export interface WandbRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
}

export interface WandbServer {
  readonly port: number;
  /** What to write as `url` in the configuration. */
  readonly url: string;
  readonly log: WandbLog;
  behave(behaviour: Partial<WandbBehaviour>): void;
  /** The requests so far, oldest first. */
  taken(): readonly WandbRequest[];
  close(): Promise<void>;
}

const readTimeKeys = [
  "actor_email",
  "user_email",
  "entity_name",
  "project_name",
  "report_name",
  "artifact_qualified_name",
];

/** Starts a stand-in W&B server on loopback, which shows `log` in the form of any documented version and fails on demand. */
export async function startWandbServer(options: WandbServerOptions): Promise<WandbServer> {
  const { clock, random } = options;
  const log = new WandbLog(random);
  const requests: WandbRequest[] = [];
  const behaviour: WandbBehaviour = {
    dialect: options.dialect ?? "v5",
    apiKey: options.apiKey,
    fault: undefined,
    faultTimes: Number.POSITIVE_INFINITY,
    faultDay: undefined,
    flapping: 0,
    retryAfter: undefined,
    status: 400,
    location: "/login",
    gzip: false,
    pretty: false,
    array: false,
    strict: false,
    ignoreStartDate: false,
    clampDays: Number.POSITIVE_INFINITY,
    retentionDays: Number.POSITIVE_INFINITY,
    shuffle: false,
    skewMs: 0,
    generated: undefined,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    requests.push({
      path: url.pathname,
      query: url.searchParams,
      authorization: request.headers.authorization,
    });
    const now = clock.now() + behaviour.skewMs;
    response.setHeader("date", new Date(now).toUTCString());
    if (!/^(\/.*)?\/audit_logs$/.test(url.pathname)) return refuse(response, 404, "404 page not found");
    if (!admitted(request)) return refuse(response, 403, "Forbidden");
    const fault = takeFault(url.searchParams);
    if (answersInstead(fault, response, behaviour)) return;
    if (behaviour.flapping > random()) return refuse(response, 503, "busy");
    if (fault === "cursor_expired" && url.searchParams.has("cursor"))
      return refuse(response, 400, "cursor expired");
    const unknown =
      behaviour.strict && ["limit", "startDate", "cursor"].some((name) => url.searchParams.has(name));
    const asked = unknown ? "unknown parameter" : askedOf(url.searchParams, { ...behaviour, now });
    if (typeof asked === "string") return refuse(response, 400, asked);
    await show(asked, fault, response);
  }

  function admitted({ headers }: IncomingMessage): boolean {
    if (behaviour.apiKey === undefined) return true;
    const [, credentials = ""] = (headers.authorization ?? "").split(" ");
    return Buffer.from(credentials, "base64").toString("utf8").endsWith(`:${behaviour.apiKey}`);
  }

  function takeFault(query: URLSearchParams): WandbFault | undefined {
    const { faultTimes, faultDay } = behaviour;
    if (faultTimes <= 0 || (faultDay !== undefined && query.get("startDate") !== faultDay)) return undefined;
    behaviour.faultTimes--;
    return behaviour.fault;
  }

  async function show(asked: Asked, fault: WandbFault | undefined, response: ServerResponse): Promise<void> {
    const { generated } = behaviour;
    if (generated !== undefined) return stream(bodyOfGenerated(generated, asked.envelope), response);
    if (fault === "gzip_bomb") return bomb(response);
    const lines = linesOf(asked);
    const body = asked.envelope
      ? envelopeOf(lines, asked, { ...behaviour, fault }, requests.length)
      : plainOf(lines, { ...behaviour, fault });
    if (sendsWrongly(fault, response, Buffer.from(body))) return;
    await stream([body], response);
  }

  function linesOf({ from, to, anonymize }: Asked): string[] {
    if (behaviour.shuffle) log.shuffle();
    const lines: string[] = [];
    for (let day = Math.floor(from / dayMs); day * dayMs < to; day++) {
      const whole = day * dayMs >= from && (day + 1) * dayMs <= to;
      for (const line of log.day(day)) if (whole || isWithin(line, from, to)) lines.push(line);
    }
    return anonymize ? lines.map(anonymized) : lines;
  }

  async function stream(pieces: Iterable<string>, response: ServerResponse): Promise<void> {
    const source = Readable.from(pieces, { objectMode: true, highWaterMark: 1 });
    if (!behaviour.gzip) return pipeline(source, response);
    response.setHeader("content-encoding", "gzip");
    await pipeline(source, createGzip({ level: 1 }), response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    port,
    get url() {
      const multiTenant = behaviour.dialect === "v5-multi-tenant" || behaviour.dialect === "v2";
      return `http://127.0.0.1:${port}${multiTenant ? "/audit_logs" : ""}`;
    },
    log,
    behave: (changes) =>
      void Object.assign(
        behaviour,
        changes.fault !== undefined && { faultTimes: Number.POSITIVE_INFINITY },
        changes,
      ),
    taken: () => requests,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
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

/** A megabyte that unpacks to a gigabyte. */
async function bomb(response: ServerResponse): Promise<void> {
  response.setHeader("content-encoding", "gzip");
  const megabyte = " ".repeat(2 ** 20);
  const pieces = Array.from({ length: 1024 }, () => megabyte);
  await pipeline(Readable.from(pieces), createGzip(), response).catch(() => response.destroy());
}
