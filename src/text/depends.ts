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

/** The domain of the e-mail address that a known key has, behind `before`; see `domainMember`. */
export interface DomainMember {
  readonly type: "domain";
  readonly before: Buffer;
  readonly key: number;
}

/**
 * What closing a section comes to: its length in front, as protobuf has it, in two bytes as a rule. Or a look
 * whether it is so long at most, and a value of CEF as it is, or one line, in front of which stand its length
 * in digits, three as a rule, and a space where it is counted.
 */
export type SectionEnd =
  | { readonly type: "message" }
  | { readonly type: "plain" | "line" | "counted"; readonly most: number };

/**
 * What of an event the bytes of a part depend on alone, so that they need not be made for each: its time, or
 * when it was observed, which neighbours share; its uid, as 32 hexadecimal digits; its whole record, between
 * the quotation marks of a JSON string; or what is copied from the record, where that can be copied, between
 * what is always the same.
 */
export type Depends = "time" | "observed" | "uid" | "quoted" | TrimmedValue | TextAttribute | DomainMember;
