import { connect } from "node:net";
import { type KafkaReceiver, startKafkaReceiver } from "../../src/simulate/kafka-receiver.ts";
import { KafkaWriter } from "../../src/simulate/kafka-wire.ts";
import { rawServer } from "./raw-server.ts";

/** Requests by their numbers. */
export const asked = { produce: 0, metadata: 3, handshake: 17, login: 36 } as const;

/** What is said to a request in place of what the stand-in says; undefined: nothing. */
export type Lie = (request: Buffer) => Buffer | undefined;

/** A stand-in for a broker that does all that it is asked, and says something else of it. */
export interface LyingBroker {
  /** What goes into `brokers`. */
  readonly address: string;
  readonly behind: KafkaReceiver;
  /** How often it was asked this. */
  count(key: number): number;
  close(): Promise<void>;
}

/** Answers those requests by lies; of logins the stand-in behind it knows nothing. */
export async function lyingBroker(lies: Readonly<Record<number, Lie>>): Promise<LyingBroker> {
  const behind = await startKafkaReceiver({ partitions: 3 });
  const counts = new Map<number, number>();
  const server = await rawServer((client) => {
    const there = connect(behind.port, "127.0.0.1").on("error", () => {});
    client.on("close", () => there.destroy());
    const requests = new Map<number, Buffer>();
    client.on(
      "data",
      frames((request) => {
        const key = request.readInt16BE();
        counts.set(key, (counts.get(key) ?? 0) + 1);
        requests.set(request.readInt32BE(4), request);
        if (key !== asked.login && key !== asked.handshake) return there.write(framed(request));
        const said = lies[key]?.(request);
        if (said !== undefined) client.write(framed(Buffer.concat([request.subarray(4, 8), said])));
      }),
    );
    there.on(
      "data",
      frames((answer) => {
        const request = requests.get(answer.readInt32BE()) as Buffer;
        const key = request.readInt16BE();
        // All that comes has to come through here.
        if (key === asked.metadata) answer.writeInt32BE(server.port, answer.indexOf("127.0.0.1") + 9);
        const lie = lies[key];
        const said = lie === undefined ? answer.subarray(4) : lie(request);
        if (said !== undefined) client.write(framed(Buffer.concat([answer.subarray(0, 4), said])));
      }),
    );
  });
  return {
    address: `127.0.0.1:${server.port}`,
    behind,
    count: (key) => counts.get(key) ?? 0,
    async close() {
      await server.close();
      await behind.close();
    },
  };
}

/** The answer to a Produce request: partitions of topics, all with one code. */
export function produced(
  topics: readonly (readonly [name: string, partitions: readonly number[]])[],
  { code = 0, throttleMs = 0 } = {},
): Buffer {
  return new KafkaWriter()
    .array(topics, (into, [name, partitions]) =>
      into.text(name).array(partitions, (each, partition) => {
        each.int32(partition).int16(code).int64(0n).int64(-1n).int64(0n).int32(0).text(undefined);
      }),
    )
    .int32(throttleMs)
    .written();
}

/** Agrees to a mechanism. */
export function agreed(mechanism: string): Buffer {
  return new KafkaWriter()
    .int16(0)
    .array([mechanism], (into, each) => into.text(each))
    .written();
}

/** Lets somebody in, or goes on, with these bytes, for so long. */
export function letIn(bytes: string, lifeMs = 0n): Buffer {
  return new KafkaWriter().int16(0).text(undefined).bytes(Buffer.from(bytes)).int64(lifeMs).written();
}

function framed(body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

function frames(take: (frame: Buffer) => unknown): (piece: Buffer) => void {
  let held = Buffer.alloc(0);
  return (piece) => {
    held = Buffer.concat([held, piece]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE()) {
      const end = 4 + held.readInt32BE();
      take(Buffer.from(held.subarray(4, end)));
      held = held.subarray(end);
    }
  };
}
