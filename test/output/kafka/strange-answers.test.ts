import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type KafkaReceiver, startKafkaReceiver } from "../../../src/simulate/kafka-receiver.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { rawServer } from "../../fake/raw-server.ts";
import { kafkaOutput, to } from "./subject.ts";

let broker: KafkaReceiver;
beforeAll(async () => {
  broker = await startKafkaReceiver({ partitions: 3 });
});
afterAll(() => broker.close());

/** What is done to the answer of this number: the bytes at these places, counted from its end, become others. */
interface Change {
  readonly answer: number;
  readonly bytes: readonly { readonly at: number; readonly value: number }[];
  readonly cut: number;
}

/** Between the output and the broker; answers keep the size that they say, so that they are taken for answers. */
async function changing(changes: readonly Change[]) {
  let answers = 0;
  return rawServer((client) => {
    const there = connect(broker.port, "127.0.0.1");
    there.on("error", () => {});
    client.on("close", () => there.destroy()).pipe(there);
    let held = Buffer.alloc(0);
    there.on("data", (piece: Buffer) => {
      held = Buffer.concat([held, piece]);
      while (held.length >= 4 && held.length >= 4 + held.readInt32BE()) {
        const end = 4 + held.readInt32BE();
        client.write(changed(Buffer.from(held.subarray(0, end)), answers++, changes));
        held = held.subarray(end);
      }
    });
  });
}

const head = 8;

function changed(answer: Buffer, number: number, changes: readonly Change[]): Buffer {
  const change = changes.find((each) => each.answer === number);
  if (change === undefined) return answer;
  const body = answer.length - head;
  for (const { at, value } of change.bytes) if (body > 0) answer[head + (at % body)] = value;
  const kept = answer.subarray(0, Math.max(head, answer.length - change.cut));
  kept.writeInt32BE(kept.length - 4);
  return kept;
}

const bytes = fc.array(fc.record({ at: fc.nat(200), value: fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff) }), {
  maxLength: 6,
});
const change = fc.record({ answer: fc.nat(8), bytes, cut: fc.oneof(fc.constant(0), fc.nat(60)) });

it("answers that are none, in whole or in part, end a send in a result and never in anything else", async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  process.on("uncaughtException", note);
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const server = await changing(changes);
        const output = kafkaOutput({ ...to({ address: `127.0.0.1:${server.port}` }), timeout: "250ms" });
        const result = await output.send(payloadsOf(output, sampleEvents(5)), new AbortController().signal);
        expect(["delivered", "retry", "refused"]).toContain(result.status);
        const found = await output.probe(AbortSignal.timeout(250));
        expect(found.length).toBeGreaterThan(0);
        await output.close();
        await server.close();
        expect(uncaught).toEqual([]);
      }),
      { numRuns: 150 },
    );
  } finally {
    process.off("uncaughtException", note);
  }
}, 120_000);

it.each([-2_147_483_648, -10, -5, -4, -1, 0, 3, 4, 5, 1_048_577, 2_147_483_647])(
  "an answer that says it has %i bytes ends nothing, under the number of what was asked",
  async (size) => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.on("uncaughtException", note);
    const server = await rawServer((client) =>
      client.on("data", (request: Buffer) => {
        const answer = Buffer.alloc(16);
        answer.writeInt32BE(size);
        request.copy(answer, 4, 8, 12);
        client.write(answer);
      }),
    );
    const output = kafkaOutput({ ...to({ address: `127.0.0.1:${server.port}` }), timeout: "250ms" });
    const result = await output.send(payloadsOf(output, sampleEvents(1)), new AbortController().signal);
    expect(result.status).toBe("retry");
    await output.close();
    await server.close();
    process.off("uncaughtException", note);
    expect(uncaught).toEqual([]);
  },
);
