// What remote.c is, where there is no C compiler: the same words on the command line and the same answers.
import { createReadStream, createWriteStream, statSync, truncateSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { join } from "node:path";
import { readKafka } from "./broker.ts";
import { otlpRecords } from "./otlp-records.ts";

const zippedFile = join(process.argv[2] as string, "bodies.gz");
const zipped = createWriteStream(zippedFile, { flags: "a", mode: 0o600 });
const nothing = {
  events: 0,
  requests: 0,
  bytes: 0,
  reads: 0,
  readsEnded: 0,
  askedNs: 0,
  firstNs: 0,
  lastNs: 0,
};
let counts = { ...nothing };
let log = "";
let busy = false;

function now(): number {
  return Number(process.hrtime.bigint());
}

function came(count: number, length: number): void {
  const at = now();
  if (counts.firstNs === 0) counts.firstNs = at;
  counts.lastNs = at;
  counts.events += count;
  counts.bytes += length;
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) }).end(body);
}

function control(url: string, response: ServerResponse): void {
  if (url.startsWith("/bench/busy")) busy = url.endsWith("?1");
  if (url.startsWith("/bench/serve")) {
    log = url.slice(url.indexOf("?") + 1);
    truncateSync(zippedFile);
    counts = { ...nothing };
  }
  answer(response, 200, "application/json", JSON.stringify(counts));
}

function sendLog(response: ServerResponse): void {
  if (counts.askedNs === 0) counts.askedNs = now();
  counts.reads++;
  response.writeHead(200, { "content-type": "application/x-ndjson", "content-length": statSync(log).size });
  createReadStream(log, { highWaterMark: 1 << 20 })
    .pipe(response)
    .once("close", () => {
      counts.readsEnded++;
    });
}

async function takeBody(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  const otlp = request.url?.endsWith("/v1/logs") === true;
  if (busy) return answer(response, 503, "application/json", '{"text":"Server is busy","code":9}');
  if (request.url?.includes("/_bulk?") === true) {
    const documents = piecesIn(body, '{"create":');
    came(documents, body.length);
    counts.requests++;
    const items = Array.from({ length: documents }, () => ({ create: { status: 201 } }));
    return answer(response, 200, "application/json", JSON.stringify({ items }));
  }
  const packed = request.headers["content-encoding"] === "gzip";
  if (packed) await new Promise((resolve) => zipped.write(body, resolve));
  came(packed ? 0 : otlp ? otlpRecords(body, 0) : piecesIn(body, '{"time":'), body.length);
  counts.requests++;
  if (otlp) answer(response, 200, "application/x-protobuf", "");
  else answer(response, 200, "application/json", '{"text":"Success","code":0}');
}

function piecesIn(body: Buffer, piece: string): number {
  let count = 0;
  for (let at = body.indexOf(piece); at !== -1; at = body.indexOf(piece, at + piece.length)) count++;
  return count;
}

/** Answers each message; what is answered at once goes out in one piece. */
function readRelp(socket: Socket, first: Buffer): void {
  let held: Buffer = Buffer.alloc(0);
  const hear = (piece: Buffer) => {
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    let answers = "";
    let count = 0;
    let at = 0;
    for (;;) {
      const head = /^(\d+) (\w+) (\d+)[ \n]/.exec(held.toString("latin1", at, at + 48));
      if (head === null) break;
      const [begin, transaction, command, length] = head;
      const whole = begin.length + (length === "0" ? 0 : Number(length) + 1);
      if (at + whole > held.length) break;
      const words = command === "open" ? "200 OK\nrelp_version=0\ncommands=syslog\n" : "200 OK";
      answers += `${transaction} rsp ${words.length} ${words}\n`;
      if (command === "syslog") count++;
      at += whole;
    }
    if (count > 0) came(count, at);
    held = held.subarray(at);
    socket.write(answers);
  };
  socket.on("data", hear);
  hear(first);
}

/** RFC 6587: octet counting, or a line each where the first byte is no digit; or RELP, or Kafka. */
function readSyslog(socket: Socket): void {
  let left = 0;
  let length = 0;
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.end());
  socket.once("data", (first: Buffer) => {
    if (first.toString("latin1", 0, 7) === "1 open ") return readRelp(socket, first);
    if (first[0] === 0) return readKafka(socket, first, came);
    socket.on("data", take);
    take(first);
  });
  const take = (piece: Buffer) => {
    let count = 0;
    for (let at = 0; at < piece.length; ) {
      const byte = piece[at] as number;
      if (left > 0) {
        const skipped = Math.min(left, piece.length - at);
        at += skipped;
        left -= skipped;
      } else if (byte >= 48 && byte <= 57) {
        length = length * 10 + byte - 48;
        at++;
      } else if (byte === 32 && length > 0) {
        left = length;
        length = 0;
        count++;
        at++;
      } else {
        const end = piece.indexOf(10, at);
        if (end !== -1) count++;
        at = end === -1 ? piece.length : end + 1;
      }
    }
    came(count, piece.length);
  };
}

const http = createServer((request, response) => {
  const url = request.url ?? "";
  if (request.method !== "GET") void takeBody(request, response);
  else if (url.startsWith("/bench/")) control(url, response);
  else if (url.includes("/audit_logs")) sendLog(response);
  else if (url.includes("/_resolve/index/"))
    answer(
      response,
      200,
      "application/json",
      JSON.stringify({ data_streams: [{ name: url.split("/").at(-1) }] }),
    );
  else answer(response, 200, "application/json", '{"text":"HEC is healthy","code":17}');
});
const servers = [http, createTcpServer({ allowHalfOpen: true }, readSyslog)];
for (const server of servers)
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
process.stdout.write(`${servers.map((server) => (server.address() as AddressInfo).port).join(" ")}\n`);
process.stdin.resume().on("end", () => process.exit(0));
