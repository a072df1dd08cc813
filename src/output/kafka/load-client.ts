/** The client of Kafka that this was tried with. `package.json` names it as a peer that may be missing. */
export const triedVersion = "2.12.1";

/** What it exports. */
export type KafkaPackage = typeof import("@platformatic/kafka");

/** Its producer, of keys, values and headers that are bytes. */
export type KafkaProducer = import("@platformatic/kafka").Producer<Buffer, Buffer, Buffer, Buffer>;

/** What it knows of a topic. */
export type ClusterTopic = import("@platformatic/kafka").ClusterTopicMetadata;

/** Its options for what lets it in. */
export type SaslOptions = NonNullable<ConstructorParameters<KafkaPackage["Producer"]>[0]["sasl"]>;

/** The client is not installed beside the program. */
export class MissingPackage extends Error {
  override readonly name = "MissingPackage";
  readonly fix =
    `npm install -g @platformatic/kafka@${triedVersion}, beside this program (without -g where it is part of a project), then restart it`;
}

/**
 * Loads the client when an output needs it and not before. Its name stands here alone, as it is, so that a
 * bundler finds it. Rejects with MissingPackage, whose fix is the command that installs it.
 */
export async function loadKafka(
  load: () => Promise<unknown> = () => import("@platformatic/kafka"),
): Promise<KafkaPackage> {
  try {
    return (await load()) as KafkaPackage;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code !== "ERR_MODULE_NOT_FOUND" || !String(message).includes("@platformatic/kafka")) throw error;
    throw new MissingPackage("@platformatic/kafka, with which Kafka is written to, is not installed");
  }
}
