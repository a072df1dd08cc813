/**
 * The value of a known key, by its place, where it is so long at most and has no space at its ends, with a
 * backslash in front of what has to be escaped.
 */
export interface TrimmedValue {
  readonly type: "trimmed";
  readonly key: number;
  /** Bytes, up to 32,767. */
  readonly limit: number;
  /** What has to be escaped beside a backslash. */
  readonly special: number;
}

/** An attribute of OTLP whose value is a text: that of a known key, by its place, the record or the uid. */
export interface TextAttribute {
  readonly type: "attribute";
  /** As KeyValue has it, with its tag and its length. */
  readonly name: Buffer;
  readonly value: number | "record" | "uid";
}

/**
 * What of an event the bytes of a part depend on alone, so that they need not be made for each: its time, or
 * when it was observed, which neighbours share; its uid, as 32 hexadecimal digits; or what is copied from its
 * record, where that can be copied, between what is always the same.
 */
export type Depends = "time" | "observed" | "uid" | TrimmedValue | TextAttribute;
