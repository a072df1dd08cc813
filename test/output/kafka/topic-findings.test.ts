import { expect, it } from "vitest";
import type { TopicFacts } from "../../../src/output/kafka/topic-facts.ts";
import { topicFindings } from "../../../src/output/kafka/topic-findings.ts";

const settings = {
  "min.insync.replicas": "2",
  "max.message.bytes": "1048588",
  "retention.ms": "604800000",
  "cleanup.policy": "delete",
};
const good: TopicFacts = {
  ...{ partitions: 3, replicas: 3, inSync: 3, leaderless: 0, writable: true },
  settings: new Map(Object.entries(settings)),
};
const use = { topic: "audit", key: "uid", timestamp: "sent", maxBatchBytes: 900_000 } as const;

const found = (facts: Partial<TopicFacts>, more: Partial<Parameters<typeof topicFindings>[1]> = {}) =>
  topicFindings({ ...good, ...facts }, { ...use, ...more })
    .filter(({ level }) => level !== "ok")
    .map(({ level, text, fix }) => `${level}: ${text} → ${fix}`);
const set = (changed: Record<string, string>) => ({
  settings: new Map(Object.entries({ ...settings, ...changed })),
});

it("has nothing to say of a topic that keeps what it is given", () => {
  expect(found({})).toEqual([]);
  expect(found({ settings: undefined })).toEqual([]);
});

it.each([
  ["problem: .*may not write.*--operation Write", { writable: false }, {}],
  ["warning: 1 of them have no leader", { leaderless: 1 }, {}],
  ["warning: 1 replica, .*on one broker.*three replicas", { replicas: 1, inSync: 1 }, {}],
  ["warning: .*one broker alone confirms.*min.insync.replicas=2", set({ "min.insync.replicas": "1" }), {}],
  ["problem: .*nothing is taken until", { inSync: 1 }, {}],
  ["warning: .*sent in halves.*lower batch.max_bytes", set({ "max.message.bytes": "500000" }), {}],
  ["problem: .*only the newest event.*key: uid", set({ "cleanup.policy": "compact" }), { key: "actor" }],
  ["problem: .*without a key", set({ "cleanup.policy": "compact,delete" }), { key: "none" }],
  ["warning: .*gone before they are read.*timestamp: sent", {}, { timestamp: "event" }],
] as const)("says %s", (words, facts, more) => {
  expect(found(facts, more)).toEqual([expect.stringMatching(words)]);
});

it("finds nothing wrong with a compacted topic whose keys are uids, nor with old times where brokers set them", () => {
  expect(found(set({ "cleanup.policy": "compact" }))).toEqual([]);
  expect(found(set({ "message.timestamp.type": "LogAppendTime" }), { timestamp: "event" })).toEqual([]);
});
