import type { Finding } from "../../finding.ts";
import { durationText, sizeText } from "../../text/amounts.ts";
import type { RecordKey } from "./record.ts";
import type { TopicFacts } from "./topic-facts.ts";

/** What a topic is meant for. */
export interface TopicUse {
  readonly topic: string;
  readonly key: RecordKey;
  readonly timestamp: "event" | "sent";
  readonly maxBatchBytes: number;
}

/** What the cluster says of a topic, for `check`. */
export function topicFindings(facts: TopicFacts, use: TopicUse): readonly Finding[] {
  return [...placeFindings(facts, use), ...replicaFindings(facts, use), ...settingFindings(facts, use)];
}

function placeFindings({ partitions, leaderless, writable }: TopicFacts, { topic }: TopicUse): Finding[] {
  if (writable === false)
    return [
      {
        level: "problem",
        text: `topic ${topic} is there, and this client may not write to it`,
        fix: `kafka-acls --add --allow-principal User:NAME --operation Write --operation Describe --topic ${topic}`,
      },
    ];
  const found: Finding = {
    level: "ok",
    text: `topic ${topic} has ${partitions} partition${partitions === 1 ? "" : "s"}${writable === true ? ", and this client may write to it" : ""}`,
  };
  if (leaderless === 0) return [found];
  return [
    found,
    {
      level: "warning",
      text: `${leaderless} of them have no leader: what goes there waits, and all that is behind it`,
      fix: "look at the brokers that are down",
    },
  ];
}

function replicaFindings({ replicas, inSync, settings }: TopicFacts, { topic }: TopicUse): Finding[] {
  const least = Number(settings?.get("min.insync.replicas") ?? Number.NaN);
  const says = Number.isNaN(least) ? "" : `, min.insync.replicas ${least}`;
  const text = `${replicas} replica${replicas === 1 ? "" : "s"}, ${inSync} in sync${says}`;
  if (replicas <= 1)
    return [
      {
        level: "warning",
        text: `${text}: what is delivered is on one broker, in its memory at first`,
        fix: `give the topic three replicas and min.insync.replicas 2: a broker that dies takes what it alone has`,
      },
    ];
  if (least <= 1)
    return [
      {
        level: "warning",
        text: `${text}: while the others are down, one broker alone confirms`,
        fix: `kafka-configs --alter --topic ${topic} --add-config min.insync.replicas=2`,
      },
    ];
  if (inSync < least)
    return [
      {
        level: "problem",
        text: `${text}: nothing is taken until more are in sync`,
        fix: "look at the brokers that are down",
      },
    ];
  return [{ level: "ok", text }];
}

function settingFindings({ settings }: TopicFacts, use: TopicUse): Finding[] {
  if (settings === undefined)
    return [
      {
        level: "ok",
        text: "its settings are not known: that takes DESCRIBE_CONFIGS on the topic",
      },
    ];
  return [...sizeFindings(settings, use), ...compacted(settings, use), ...timeFindings(settings, use)];
}

function sizeFindings(settings: ReadonlyMap<string, string>, { topic, maxBatchBytes }: TopicUse): Finding[] {
  const largest = Number(settings.get("max.message.bytes") ?? Number.NaN);
  if (Number.isNaN(largest)) return [];
  const text = `max.message.bytes is ${sizeText(largest)}: larger events become dead letters (too_large)`;
  if (maxBatchBytes <= largest) return [{ level: "ok", text }];
  return [
    {
      level: "warning",
      text: `${text}, and batches of ${sizeText(maxBatchBytes)} (batch.max_bytes) that do not pack smaller are sent in halves`,
      fix: `lower batch.max_bytes, or kafka-configs --alter --topic ${topic} --add-config max.message.bytes=${maxBatchBytes}`,
    },
  ];
}

function compacted(settings: ReadonlyMap<string, string>, { topic, key }: TopicUse): Finding[] {
  if (!(settings.get("cleanup.policy") ?? "").includes("compact") || key === "uid") return [];
  return [
    {
      level: "problem",
      text:
        key === "actor"
          ? "the topic is compacted, and keys are actors: of each, only the newest event is kept"
          : "the topic is compacted, and takes no records without a key",
      fix: `set \`key: uid\`, or kafka-configs --alter --topic ${topic} --add-config cleanup.policy=delete`,
    },
  ];
}

function timeFindings(settings: ReadonlyMap<string, string>, { timestamp }: TopicUse): Finding[] {
  const keptMs = Number(settings.get("retention.ms") ?? Number.NaN);
  const kept = keptMs > 0 ? durationText(keptMs / 1000) : "any time";
  if (timestamp === "sent" || settings.get("message.timestamp.type") === "LogAppendTime")
    return [{ level: "ok", text: `records are kept for ${kept} (retention.ms) after they are sent` }];
  return [
    {
      level: "warning",
      text: `records have the time of their event and are kept for ${kept} after that (retention.ms): older ones may be gone before they are read`,
      fix: "set `timestamp: sent`, or raise retention.ms above what `start`, an outage or a backfill brings",
    },
  ];
}
