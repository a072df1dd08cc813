import fc from "fast-check";
import { expect, it } from "vitest";
import { readsForwards } from "../../../src/output/kafka/forward-reader.ts";
import { loadKafka } from "../../../src/output/kafka/load-client.ts";
import { KafkaWriter } from "../../../src/simulate/kafka-wire.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { asked, lyingBroker } from "../../fake/lying-broker.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { kafkaOutput, to } from "./subject.ts";

const pack = await loadKafka();
readsForwards(pack);
readsForwards(pack);

/** Reads as many texts as a list says, each of which may say that it is less than nothing. */
const texts = (bytes: Buffer, compact: boolean) =>
  pack.Reader.from(bytes).readArray((reader) => reader.readString(compact), compact, false);

it("reads what a list holds, and nulls", () => {
  const list = new KafkaWriter().array(["a", undefined, "ccc"], (into, text) => into.text(text)).written();
  expect(texts(list, false)).toEqual(["a", "", "ccc"]);
  expect(texts(Buffer.of(4, 2, 0x61, 0, 1), true)).toEqual(["a", "", ""]);
  expect(pack.Reader.from(Buffer.of(9)).skip(0).readInt8()).toBe(9);
});

it("reads nothing twice, however often an answer says", () => {
  const many = (length: number) => new KafkaWriter().int32(2_147_483_647).int16(length).written();
  for (const length of [-2, -3, -6, -32_768]) expect(() => texts(many(length), false)).toThrow(RangeError);
  // Two thousand million texts of -5 bytes, each with its length in five.
  const compact = Buffer.from("ffffffff07fcffffff0f", "hex");
  expect(() => texts(compact, true)).toThrow(RangeError);
  expect(() => pack.Reader.from(compact).skip(-1)).toThrow(RangeError);
});

it("ends with whatever bytes there are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, compact) => {
      const huge = Buffer.concat([Buffer.from(compact ? "ffffffff07" : "7fffffff", "hex"), bytes]);
      expect(() => texts(huge, compact)).toThrow();
    }),
    { numRuns: 500 },
  );
});

it("ends a send in a result, before a broker has shown who it is", async () => {
  const without = { result: 0, mechanisms: 2_147_483_647, length: -2 };
  const said = new KafkaWriter()
    .int16(without.result)
    .int32(without.mechanisms)
    .int16(without.length)
    .written();
  const broker = await lyingBroker({ [asked.handshake]: () => said });
  const sasl = { mechanism: "PLAIN", username: "me", password: "a-long-password" };
  const output = kafkaOutput({ ...to(broker), timeout: "1s", sasl });
  const result = await output.send(payloadsOf(output, sampleEvents(1)), new AbortController().signal);
  expect(result).toMatchObject({ status: "retry", reason: "bad_answer" });
  await output.close();
  await broker.close();
});
