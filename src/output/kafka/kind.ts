import { isIPv6 } from "node:net";
import { z } from "zod";
import { formats } from "../../format/all.ts";
import { isLoopback } from "../../net/loopback.ts";
import { batch, outputBase } from "../../schema/output-base.ts";
import { tls } from "../../schema/parts.ts";
import { printable } from "../../text/printable.ts";
import { Writer } from "../../text/writer.ts";
import type { OutputKind } from "../output.ts";
import { compressions } from "./client.ts";
import { kafka } from "./kafka.ts";
import { type BrokerAddress, brokerText } from "./reach.ts";
import { keyChoices, recordEncoder, recordOf } from "./record.ts";
import { issuerIssues, loginOf, sasl } from "./sasl-config.ts";

const formatChoices = ["ecs", "json", "cim", "cef", "raw", "otlp", "ocsf"] as const;
const usualPort = 9092;

const broker = z
  .string()
  .transform((text, context): BrokerAddress => {
    const found = addressOf(text);
    if (found !== undefined) return found;
    context.addIssue("not a broker: write host:port, such as kafka-1.example:9093");
    return { host: "invalid", port: usualPort };
  })
  .describe("host:port");

const schema = z
  .strictObject(
    {
      ...outputBase,
      type: z.literal("kafka").describe("A topic of Apache Kafka, or of what speaks as it does."),
      brokers: z
        .array(broker)
        .min(1)
        .describe(
          `Brokers to begin with, as host:port (port ${usualPort} if none is written): several, so that one may be down. They name the others themselves (advertised.listeners), which have to be reached from here, too.`,
        ),
      topic: z
        .string()
        .regex(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/, "use letters, digits, ., _ and -, at most 249")
        .describe("The topic. It has to be there: none is made."),
      transport: z
        .enum(["tls", "plaintext"])
        .default("tls")
        .describe("How brokers are spoken to. `plaintext` to another host wants `allow_plaintext`."),
      tls: tls.optional(),
      sasl: sasl.optional(),
      allow_plaintext: z
        .boolean()
        .default(false)
        .describe(
          "Agree to `transport: plaintext` to another host: whoever is in between can read events and credentials.",
        ),
      client_id: z
        .string()
        .regex(/^[\x21-\x7e]{1,255}$/, "use printable ASCII without blanks")
        .default("wandb-audit-forwarder")
        .describe("What the brokers call this client in logs and quotas."),
      format: z
        .enum(formatChoices)
        .default("ecs")
        .describe(
          "What a record's value is. Its headers say `uid`, `source`, `format`, and `replay_id` where a person sends it again.",
        ),
      key: z
        .enum(keyChoices)
        .default("uid")
        .describe(
          "What decides the partition, as Java's clients choose it. `uid`: spread, and right for a compacted topic. `actor`: the id of the acting user, so that each actor's events are in order; without one the uid. `none`: no key, a batch in one partition after the other.",
        ),
      timestamp: z
        .enum(["sent", "event"])
        .default("sent")
        .describe(
          "Time of the record, after which the topic's retention counts: that of its sending, or of the event. With `event` what is older than the retention may be gone before it is read.",
        ),
      compression: z
        .enum(compressions)
        .default("gzip")
        .describe(
          "Compression of what goes to a partition at a time. All clients know `gzip`; `zstd` and `lz4` take less CPU, where those who read know them.",
        ),
      batch: batch({ maxEvents: 1000, maxBytes: "900KB", maxWait: "1s" }).describe(
        "What one send carries, at most, over all partitions. What goes to one must not be more than the topic's max.message.bytes (1 MB) when it is packed: else less is sent at a time.",
      ),
    },
    { error: withoutProxy },
  )
  .superRefine((config, context) => {
    const issue = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    const open = config.transport === "plaintext";
    if (open && config.tls !== undefined)
      issue("tls", "has no meaning with transport: plaintext: remove one of them");
    if (open && !config.allow_plaintext && !config.brokers.every(({ host }) => isLoopback(host)))
      issue(
        "transport",
        "would send events and credentials unencrypted: set `tls`, or allow_plaintext: true",
      );
    for (const message of issuerIssues(config.sasl, config.allow_plaintext)) issue("sasl", message);
  });
type KafkaConfig = z.output<typeof schema>;

/** A topic of Kafka. */
export const kafkaKind: OutputKind<KafkaConfig> = {
  type: "kafka",
  schema,
  formats: formatChoices,
  textFormat: ({ format }) => format,
  guarantee: () => "acknowledged",
  // Whichever broker a client begins with: the topic of that cluster.
  destination: ({ brokers, topic }) => brokers.map((each) => `kafka ${brokerText(each)}/${topic}`),
  proves: ({ topic }) =>
    `all replicas of topic ${topic} that are in sync have it; how many that are, and when they write it to disk, is the cluster's affair`,
  preview({ format, key: kind }, agent) {
    const encode = recordEncoder(formats[format](agent), kind);
    return (event) => {
      const into = new Writer();
      encode(event, into);
      const { uid, replayId, key, value } = recordOf(into.written(), kind);
      const replay = replayId.length === 0 ? "" : ` replay_id=${replayId}`;
      const head = `${key === undefined ? "" : `key=${key} `}uid=${uid} source=${event.origin.source} format=${format}`;
      return printable(`${head}${replay} ${value}`);
    };
  },
  create: (config, context) =>
    kafka({
      brokers: config.brokers,
      topic: config.topic,
      clientId: config.client_id,
      key: config.key,
      timestamp: config.timestamp,
      formatName: config.format,
      write: formats[config.format](context.agent),
      compression: config.compression,
      tls: config.transport === "tls" ? (config.tls ?? { insecure_skip_verify: false }) : undefined,
      login: loginOf(config.sasl, context),
      maxBatchBytes: config.batch.max_bytes,
      timeoutMs: config.timeout,
      clock: context.clock,
    }),
};

/** Keys of outputs over HTTP: why they are none here, and what does it. */
function withoutProxy({ code, keys }: z.core.$ZodRawIssue): string | undefined {
  return code === "unrecognized_keys" && (keys as string[]).some((key) => /^proxy(_tls)?$/.test(key))
    ? "Kafka is spoken to without a proxy: its brokers name their own addresses; let this host reach them"
    : undefined;
}

function addressOf(text: string): BrokerAddress | undefined {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? usualPort : Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return bracketed !== undefined && !isIPv6(bracketed) ? undefined : { host, port };
}
