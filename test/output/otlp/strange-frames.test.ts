import fc from "fast-check";
import { expect, it } from "vitest";
import { sampleEvents } from "../../contract/sample-event.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { rawServer } from "../../fake/raw-server.ts";
import { otlpOutput } from "./subject.ts";

/** A frame of HTTP/2 (RFC 9113 §4.1). */
interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly body: Uint8Array;
}

function written({ type, flags, stream, body }: Frame): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

const settings: Frame = { type: 4, flags: 0, stream: 0, body: Buffer.alloc(0) };
const frame = fc.record({
  type: fc.nat(12),
  flags: fc.nat(255),
  stream: fc.constantFrom(0, 1, 1, 1, 2, 3, 0x7fff_ffff),
  body: fc.uint8Array({ maxLength: 40 }),
});
const said = fc.tuple(fc.boolean(), fc.array(frame, { minLength: 1, maxLength: 8 }));

it("frames that say nothing in gRPC end a send in a retry, and nothing else", async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  process.on("uncaughtException", note);
  try {
    await fc.assert(
      fc.asyncProperty(said, async ([greets, frames]) => {
        const bytes = Buffer.concat([...(greets ? [settings] : []), ...frames].map(written));
        const server = await rawServer((socket) => socket.once("data", () => socket.write(bytes)));
        const output = otlpOutput({
          protocol: "grpc",
          endpoint: `http://127.0.0.1:${server.port}`,
          timeout: "100ms",
        });
        const result = await output.send(payloadsOf(output, sampleEvents(1)), AbortSignal.timeout(1_000));
        await output.close();
        await server.close();
        expect({ status: result.status, uncaught }).toEqual({ status: "retry", uncaught: [] });
      }),
      { numRuns: 100 },
    );
  } finally {
    process.off("uncaughtException", note);
  }
}, 60_000);
