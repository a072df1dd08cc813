/** What the broker can be told to do. */
export const kafkaBehaviors = [
  /** Stores and answers. */
  "accept",
  /** Takes connections and answers nothing. */
  "hang",
  /** Stores, and does not answer that. */
  "swallow",
  /** Stores, and resets the connection. */
  "cut",
  /** Resets the connection when records come. */
  "reset",
  /** Says that another broker leads the partition. */
  "not_leader",
  /** Has too few replicas in sync. */
  "few_replicas",
  /** Says that what comes for a partition is too large, beyond a size. */
  "too_large",
  /** Stores, and asks to be left alone for a while. */
  "throttle",
  /** Lets nobody in. */
  "unauthorized",
  /** Lets nobody write to the topic. */
  "forbidden",
  /** Has no such topic. */
  "no_topic",
  /** Refuses what holds a text that it was told. */
  "refuse_one",
  /** Refuses all records. */
  "refuse_all",
  /** Has forgotten who numbers its requests. */
  "unknown_producer",
  /** Speaks something else. */
  "stranger",
  /** Answers without an end. */
  "bomb",
] as const;
/** One of them. */
export type KafkaBehavior = (typeof kafkaBehaviors)[number];

/** The finer points of a behaviour. */
export interface KafkaDetail {
  /** For so many requests with records; then it stores again. For ever when absent. */
  readonly times?: number;
  /** Records that hold this text are the bad ones. */
  readonly match?: string;
  /** `too_large`: bytes for one partition as they come. */
  readonly maxBytes?: number;
  /** `throttle`: milliseconds. */
  readonly waitMs?: number;
}

/** How the broker behaves now. */
export interface KafkaMood {
  behavior: KafkaBehavior;
  detail: KafkaDetail;
}
