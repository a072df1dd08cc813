// An OTLP receiver over gRPC that counts log records and takes all of them, in a process of its own. Prints its port, and
// after each request how many have come since the start and when, nanoseconds of the monotonic clock. Ends with its input.
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { otlpRecords } from "./otlp-records.ts";

/** In front of a message of gRPC. */
const headBytes = 5;
const accepted = Buffer.alloc(headBytes);
let events = 0;

const server = createServer();
server.on("stream", (stream) => {
  const pieces: Buffer[] = [];
  stream.on("error", () => {});
  stream.on("data", (piece: Buffer) => pieces.push(piece));
  stream.on("end", () => {
    events += otlpRecords(Buffer.concat(pieces).subarray(headBytes), 0);
    process.stdout.write(`${events} ${process.hrtime.bigint()}\n`);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(accepted);
  });
});
await new Promise<void>((resolve) => {
  server.listen(0, "127.0.0.1", resolve);
});
process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
process.stdin.resume().on("end", () => process.exit(0));
