import type { DeliveryReason } from "../output.ts";

/** What an error that a broker names means for a batch. */
export type ErrorMeaning =
  | { readonly kind: "held"; readonly reason: DeliveryReason; readonly fix: string }
  | { readonly kind: "passing"; readonly reason: DeliveryReason; readonly fix?: string }
  /** The broker does not take these events. */
  | { readonly kind: "refused"; readonly reason: "bad_event" | "too_large" }
  /** It has them already, under the same numbers. */
  | { readonly kind: "stored" };

const held = (reason: DeliveryReason, fix: string): ErrorMeaning => ({ kind: "held", reason, fix });
const passing = (reason: DeliveryReason, fix?: string): ErrorMeaning => ({
  kind: "passing",
  reason,
  ...(fix !== undefined && { fix }),
});

const tooOld = held("configuration", "the brokers are too old or not Kafka: 2.1 or newer is needed");
const tooLarge: ErrorMeaning = { kind: "refused", reason: "too_large" };
const badEvent: ErrorMeaning = { kind: "refused", reason: "bad_event" };
const fewReplicas = passing(
  "busy",
  "fewer replicas are in sync than min.insync.replicas of the topic asks for: look at the brokers that are down",
);
const moving = passing("busy");
const idempotentWrite = held(
  "forbidden",
  "grant IDEMPOTENT_WRITE on the cluster: kafka-acls --add --allow-principal User:NAME --operation IdempotentWrite --cluster (from Kafka 2.8 on WRITE on a topic is enough)",
);
const noTopic = held(
  "wrong_destination",
  "create the topic (kafka-topics --create --topic NAME --partitions N --replication-factor 3), or correct `topic`; where it exists, this client may not see it: grant DESCRIBE on it",
);

/** The errors of the protocol that a producer can meet and that mean something. */
const meanings: Readonly<Record<string, ErrorMeaning>> = {
  UNKNOWN_TOPIC_OR_PARTITION: noTopic,
  UNKNOWN_TOPIC_ID: noTopic,
  INVALID_TOPIC_EXCEPTION: held("configuration", "correct `topic`: the cluster allows none of this name"),
  TOPIC_AUTHORIZATION_FAILED: held(
    "forbidden",
    "grant WRITE and DESCRIBE on the topic: kafka-acls --add --allow-principal User:NAME --operation Write --operation Describe --topic NAME",
  ),
  CLUSTER_AUTHORIZATION_FAILED: idempotentWrite,
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: idempotentWrite,
  SASL_AUTHENTICATION_FAILED: held(
    "unauthorized",
    "check `sasl`: the brokers do not accept the user, the password or the token",
  ),
  UNSUPPORTED_SASL_MECHANISM: held(
    "configuration",
    "set sasl.mechanism to one that this listener takes (its sasl.enabled.mechanisms)",
  ),
  ILLEGAL_SASL_STATE: held(
    "configuration",
    "the listener asks for no SASL: use the port of one that does, or remove `sasl`",
  ),
  UNSUPPORTED_COMPRESSION_TYPE: held(
    "configuration",
    "the brokers do not know this `compression`: take gzip or none",
  ),
  POLICY_VIOLATION: held("configuration", "a policy of the cluster refuses this: its words say which"),
  UNSUPPORTED_VERSION: tooOld,
  INVALID_REQUEST: tooOld,
  UNSUPPORTED_FOR_MESSAGE_FORMAT: tooOld,
  MESSAGE_TOO_LARGE: tooLarge,
  RECORD_LIST_TOO_LARGE: tooLarge,
  INVALID_RECORD: badEvent,
  INVALID_TIMESTAMP: badEvent,
  DUPLICATE_SEQUENCE_NUMBER: { kind: "stored" },
  NOT_ENOUGH_REPLICAS: fewReplicas,
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: fewReplicas,
  THROTTLING_QUOTA_EXCEEDED: passing("rate_limited"),
  REQUEST_TIMED_OUT: passing(
    "timeout",
    "the replicas do not follow in time: look at the brokers, or raise `timeout`",
  ),
  KAFKA_STORAGE_ERROR: passing("server_error", "a broker cannot write to its disk: look at its log"),
  LEADER_NOT_AVAILABLE: moving,
  NOT_LEADER_OR_FOLLOWER: moving,
  REPLICA_NOT_AVAILABLE: moving,
  BROKER_NOT_AVAILABLE: moving,
  COORDINATOR_NOT_AVAILABLE: moving,
  COORDINATOR_LOAD_IN_PROGRESS: moving,
  NOT_COORDINATOR: moving,
  FENCED_LEADER_EPOCH: moving,
  UNKNOWN_LEADER_EPOCH: moving,
  LISTENER_NOT_FOUND: moving,
  CONCURRENT_TRANSACTIONS: moving,
};

/** What an error of this name means; those that nobody knows pass. */
export function meaningOf(code: string): ErrorMeaning {
  return meanings[code] ?? passing("server_error");
}
