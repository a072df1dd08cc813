import { once } from "node:events";
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { isTestEvent } from "../event/test-event.ts";
import { type GrpcBehaviour, grpcPage, grpcRespond, grpcSaid } from "./grpc-answer.ts";
import { type BehaviourDetail, behaviourSwitch } from "./http-behaviour.ts";
import type { HttpReceiverOptions } from "./http-receiver.ts";
import type { OtlpLogRecord } from "./otlp-decode.ts";

/** The stand-in, and what it took. */
export interface GrpcReceiver {
  readonly port: number;
  /** What goes into `endpoint`. */
  readonly url: string;
  behave(behaviour: GrpcBehaviour, detail?: BehaviourDetail): void;
  /** The newest records, oldest first. */
  taken(): readonly OtlpLogRecord[];
  /** Records ever taken. */
  count(): number;
  /** How many of them were test events. */
  tests(): number;
  requests(): number;
  /** Headers of the newest request. */
  headers(): Readonly<Record<string, unknown>>;
  /** Connections there are. */
  connections(): number;
  /** Ends the connections there are. */
  cut(): void;
  close(): Promise<void>;
}

/** What the collector is like. */
export interface GrpcReceiverOptions {
  readonly port?: number;
  readonly tls?: NonNullable<HttpReceiverOptions["tls"]>;
  /** Value that `authorization` must have. */
  readonly authorization?: string;
  /** A request with a record that holds this text is refused as a whole. */
  readonly refuses?: string;
  readonly keep?: number;
}

/** A stand-in for an OpenTelemetry Collector on loopback: OTLP over gRPC, with and without TLS. */
export async function startGrpcReceiver(options: GrpcReceiverOptions = {}): Promise<GrpcReceiver> {
  const keep = options.keep ?? 100_000;
  const behaviours = behaviourSwitch();
  const records: OtlpLogRecord[] = [];
  const sockets = new Set<Socket>();
  const seen = { count: 0, tests: 0, requests: 0, headers: {} as Record<string, unknown> };

  function take(taken: readonly OtlpLogRecord[]): void {
    seen.count += taken.length;
    seen.tests += taken.filter((record) => isTestEvent(JSON.stringify(record.attributes))).length;
    for (const record of taken) records.push(record);
    if (records.length > 2 * keep) records.splice(0, records.length - keep);
  }

  async function serve(stream: ServerHttp2Stream, headers: Record<string, unknown>): Promise<void> {
    const { name, detail } = behaviours.next();
    const behaviour = name as GrpcBehaviour;
    if (behaviour === "reset") return void (stream.session?.socket as Socket | undefined)?.destroy();
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    seen.requests++;
    seen.headers = headers;
    if (behaviour === "hang") return;
    const page = grpcPage(behaviour, detail);
    if (page !== undefined) return page(stream);
    const request = Buffer.concat(pieces);
    const said = grpcSaid(request, headers, { behaviour, detail, options, take });
    if (behaviour === "accept_then_cut") return void stream.session?.destroy();
    grpcRespond(stream, said);
  }

  const server = await listen(options, sockets, (stream, headers) => {
    stream.on("error", () => {});
    serve(stream, headers).catch(() => stream.close());
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    behave: behaviours.behave,
    taken: () => records.slice(-keep),
    count: () => seen.count,
    tests: () => seen.tests,
    requests: () => seen.requests,
    headers: () => seen.headers,
    connections: () => sockets.size,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function listen(
  { tls, port }: GrpcReceiverOptions,
  sockets: Set<Socket>,
  onStream: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
): Promise<Http2Server> {
  const server = tls === undefined ? createServer() : createSecureServer({ ...tls });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("sessionError", () => {});
  server.on("stream", onStream);
  server.listen(port ?? 0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
