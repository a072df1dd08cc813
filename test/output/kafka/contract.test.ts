import { anyOutputKind } from "../../../src/output/configured.ts";
import { kafkaKind } from "../../../src/output/kafka/kind.ts";
import type { KafkaBehavior } from "../../../src/simulate/kafka-behavior.ts";
import { plainLogin, startKafkaReceiver } from "../../../src/simulate/kafka-receiver.ts";
import { type Behaviour, outputContract, type Remote } from "../../contract/output-contract.ts";
import { kafkaOutput, to } from "./subject.ts";

const secret = "s3cr3t/with+signs=";
const behaviors: Partial<Record<Behaviour, KafkaBehavior>> = {
  accept: "accept",
  unauthorized: "unauthorized",
  wrong_destination: "no_topic",
  refuse_one: "refuse_one",
  refuse_all: "refuse_all",
  too_large: "too_large",
  hang: "hang",
  reset: "reset",
  accept_then_cut: "cut",
  bomb: "bomb",
};

type KafkaRemote = Remote & { readonly address: string };

async function remote(): Promise<KafkaRemote> {
  const receiver = await startKafkaReceiver({ login: plainLogin("forwarder", secret) });
  return {
    address: receiver.address,
    behave(behaviour, detail = {}) {
      const known = behaviors[behaviour];
      if (known === undefined) throw new Error(`Kafka cannot do this: ${behaviour}`);
      receiver.behave(known, detail);
    },
    taken: () =>
      receiver.taken().map(({ headers, value }) => ({
        uid: headers.uid ?? "",
        name: (JSON.parse(value) as { wandb: { audit: { project_name?: string } } }).wandb.audit.project_name,
      })),
    connections: receiver.connections,
    closeIdle: receiver.cut,
    close: receiver.close,
  };
}

outputContract("kafka", {
  kind: anyOutputKind(kafkaKind),
  folder: new URL("../../../src/output/kafka/", import.meta.url),
  secrets: [secret],
  remote,
  output: (there) =>
    kafkaOutput({
      ...to(there as KafkaRemote),
      sasl: { mechanism: "PLAIN", username: "forwarder", password: secret },
      // A send that may be stored is tried again within it.
      timeout: "2s",
    }),
  overTls: (tls) => kafkaOutput({ brokers: ["127.0.0.1:1"], tls }),
  skips: {
    busy: "a broker that refuses does not say for how long",
    redirect: "brokers name each other, and clients go there",
    html: "what speaks something else is told by its first bytes, in kafka.test.ts",
  },
});
