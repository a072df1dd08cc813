import { anyOutputKind } from "../../../src/output/configured.ts";
import { kafkaKind } from "../../../src/output/kafka/kind.ts";
import { loadKafka } from "../../../src/output/kafka/load-client.ts";
import type { Output } from "../../../src/output/output.ts";
import type { KafkaReceiver } from "../../../src/simulate/kafka-receiver.ts";
import { outputContext } from "../../fake/output-context.ts";

// What is loaded with the first send takes a moment, which is not what is measured against a short timeout.
await loadKafka();

/** An output as the configuration makes it. */
export function kafkaOutput(written: object): Output {
  return anyOutputKind(kafkaKind)
    .schema.parse({ name: "stream", type: "kafka", topic: "wandb-audit", ...written })
    .create(outputContext);
}

/** What leads to a stand-in without TLS. */
export function to({ address }: Pick<KafkaReceiver, "address">): object {
  return { brokers: [address], transport: "plaintext", compression: "none" };
}
