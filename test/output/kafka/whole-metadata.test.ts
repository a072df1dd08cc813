import { afterEach, expect, it } from "vitest";
import { KafkaWriter } from "../../../src/simulate/kafka-wire.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { asked, lyingBroker } from "../../fake/lying-broker.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { kafkaOutput, to } from "./subject.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

interface Partition {
  readonly index: number;
  readonly leader?: number;
  readonly code?: number;
}
interface Metadata {
  readonly brokers?: readonly (readonly [id: number, host: string, port: number])[];
  readonly topics: readonly (readonly [name: string, partitions: readonly Partition[], code?: number])[];
}

function metadata({ brokers, topics }: Metadata, port: number): Buffer {
  return new KafkaWriter()
    .int32(0)
    .array(brokers ?? [[1, "127.0.0.1", port]], (into, [id, host, at]) =>
      into.int32(id).text(host).int32(at).text(undefined),
    )
    .text("stand-in")
    .int32(1)
    .array(topics, (into, [name, partitions, code = 0]) => {
      into.int16(code).text(name).int8(0);
      into.array(partitions, (each, partition) => {
        each.int16(partition.code ?? 0).int32(partition.index);
        each.int32(partition.leader ?? 1).int32(0);
        for (const replicas of [[1], [1], []]) each.array(replicas, (one, id) => one.int32(id));
      });
      into.int32(0);
    })
    .int32(0)
    .written();
}

/** What an output makes of a broker that says this of its topics, in a send and in `check`. */
async function met(said: Metadata) {
  let port = 0;
  const broker = await lyingBroker({ [asked.metadata]: () => metadata(said, port) });
  port = Number(broker.address.split(":")[1]);
  const output = kafkaOutput({ ...to(broker), timeout: "300ms" });
  undo.push(
    () => broker.close(),
    () => output.close(),
  );
  const result = await output.send(payloadsOf(output, sampleEvents(3)), new AbortController().signal);
  const findings = await output.probe(AbortSignal.timeout(300));
  return { result, findings, stored: broker.behind.count() };
}

const topic = "wandb-audit";
const one = [[topic, [{ index: 0 }]]] as const;

it("lets in what is whole", async () => {
  expect(await met({ topics: one })).toMatchObject({ result: { status: "delivered" }, stored: 3 });
});

it.each<[string, Metadata]>([
  ["another topic", { topics: [["other", [{ index: 0 }]]] }],
  ["a part of every object", { topics: [["__proto__", [{ index: 0 }]]] }],
  ["the topic, and once more without partitions", { topics: [...one, [topic, []]] }],
  ["a partition of a number beyond all", { topics: [[topic, [{ index: 2_000_000_000 }]]] }],
  ["a partition below nothing", { topics: [[topic, [{ index: -1 }]]] }],
  ["one partition twice", { topics: [[topic, [{ index: 0 }, { index: 0 }]]] }],
])("holds at %s", async (_, said) => {
  const { result, findings, stored } = await met(said);
  expect(result).toMatchObject({ status: "retry", hold: true, reason: "wrong_destination" });
  expect(findings.at(-1)).toMatchObject({ level: "problem" });
  expect(stored).toBe(0);
});

it.each<[string, Metadata, object]>([
  ["no leader", { topics: [[topic, [{ index: 0, leader: -1 }]]] }, { reason: "busy" }],
  ["a leader that is nobody", { topics: [[topic, [{ index: 0, leader: 77 }]]] }, { reason: "busy" }],
  ["no broker", { brokers: [], topics: one }, { reason: "busy" }],
  [
    "a port below nothing",
    { brokers: [[1, "127.0.0.1", -1]], topics: one },
    { reason: "bad_answer", hold: true },
  ],
  ["no host", { brokers: [[1, "", 9092]], topics: one }, { reason: "bad_answer", hold: true }],
  ["a host of 30 KB", { brokers: [[1, "h".repeat(30_000), 9092]], topics: one }, { reason: "bad_answer" }],
  ["an error of a partition", { topics: [[topic, [{ index: 0, code: 5 }]]] }, { reason: "busy" }],
  [
    "an error of a partition that nobody knows",
    { topics: [[topic, [{ index: 0, code: 4_000 }]]] },
    { reason: "bad_answer" },
  ],
  ["an error of the topic that nobody knows", { topics: [[topic, [], -77]] }, { reason: "bad_answer" }],
])("keeps everything at %s", async (_, said, expected) => {
  const { result, stored } = await met(said);
  expect(result).toMatchObject({ status: "retry", ...expected });
  expect(stored).toBe(0);
});
