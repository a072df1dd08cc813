import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  openBrace,
  openBracket,
  Scanner,
} from "../record/json-scanner.ts";
import { quote } from "../text/json-text.ts";
import type { Writer } from "../text/writer.ts";
import { beginMessage, constantField, endMessage, writeInt64 } from "./protobuf.ts";

/** JSON as a value, with integers that a JavaScript number cannot hold and 64 bits can as `bigint`. */
type Value = string | number | bigint | boolean | null | Value[] | { [key: string]: Value };

/**
 * Objects and arrays inside each other; what lies deeper travels as its JSON text. In protobuf an object
 * takes three messages inside each other, and readers give up at a hundred (protobuf's default recursion
 * limit).
 */
const deepest = 16;

/** Well-formed JSON as an OTLP/JSON AnyValue. Integers are exact to 64 bits, larger ones travel as text. */
export function otlpValueText(json: string): string {
  return textOf(anyValue(new Scanner(Buffer.from(json)), 0));
}

/** The same as what an AnyValue holds in protobuf. */
export function writeOtlpValue(into: Writer, json: string): void {
  write(into, anyValue(new Scanner(Buffer.from(json)), 0));
}

/** `depth` counts the objects and arrays around the value. */
function anyValue(scanner: Scanner, depth: number): Value {
  if (depth < deepest && scanner.take(openBracket)) return listOf(scanner, depth + 1);
  if (depth < deepest && scanner.take(openBrace)) return mapOf(scanner, depth + 1);
  const scalar = scanner.value(0);
  if (scalar === undefined) return null;
  if (scalar.kind === "number") return numberOf(scalar.text);
  if (scalar.kind === "literal") return scalar.text === "null" ? null : scalar.text === "true";
  return scalar.text.toWellFormed();
}

function listOf(scanner: Scanner, depth: number): Value[] {
  const list: Value[] = [];
  if (scanner.take(closeBracket)) return list;
  do list.push(anyValue(scanner, depth));
  while (scanner.take(comma));
  scanner.take(closeBracket);
  return list;
}

function mapOf(scanner: Scanner, depth: number): { [key: string]: Value } {
  // Without a prototype a key such as `__proto__` is a key.
  const map: { [key: string]: Value } = Object.create(null);
  if (scanner.take(closeBrace)) return map;
  do {
    scanner.peek();
    const key = (scanner.string() ?? "").toWellFormed();
    scanner.take(colon);
    map[key] = anyValue(scanner, depth);
  } while (scanner.take(comma));
  scanner.take(closeBrace);
  return map;
}

function numberOf(digits: string): Value {
  const number = Number(digits);
  if (Number.isSafeInteger(number)) return number;
  if (Number.isFinite(number) && !Number.isInteger(number)) return number;
  return isInt64(digits) ? BigInt(digits) : digits;
}

function isInt64(digits: string): boolean {
  return /^-?\d{1,19}$/.test(digits) && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
}

function textOf(value: Value): string {
  if (value === null) return "{}";
  if (typeof value === "string") return `{"stringValue":${quote(value)}}`;
  if (typeof value === "boolean") return `{"boolValue":${value}}`;
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return `{"intValue":"${value}"}`;
  if (typeof value === "number") return `{"doubleValue":${value}}`;
  if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(textOf).join(",")}]}}`;
  const members = Object.keys(value).map(
    (key) => `{"key":${quote(key)},"value":${textOf(value[key] as Value)}}`,
  );
  return `{"kvlistValue":{"values":[${members.join(",")}]}}`;
}

/**
 * Numbers of the fields of AnyValue, ArrayValue, KeyValueList and KeyValue (opentelemetry/proto/common/v1).
 */
const field = { text: 1, boolean: 2, integer: 3, double: 4, list: 5, map: 6, values: 1, value: 2 } as const;
const isTrue = Buffer.from([field.boolean << 3, 1]);
const isFalse = Buffer.from([field.boolean << 3, 0]);
const doubleTag = (field.double << 3) | 1;

function write(into: Writer, value: Value): void {
  if (value === null) return;
  if (typeof value === "string") into.constant(constantField(field.text, value));
  else if (typeof value === "boolean") into.constant(value ? isTrue : isFalse);
  else if (typeof value === "bigint" || Number.isSafeInteger(value)) {
    into.byte(field.integer << 3);
    writeInt64(into, BigInt(value as bigint | number));
  } else if (typeof value === "number") {
    const bytes = Buffer.alloc(9, doubleTag);
    bytes.writeDoubleLE(value, 1);
    into.constant(bytes);
  } else if (Array.isArray(value)) {
    const list = beginMessage(into, field.list);
    for (const each of value) writeInside(into, field.values, each);
    endMessage(into, list);
  } else {
    const map = beginMessage(into, field.map);
    for (const key of Object.keys(value)) {
      const member = beginMessage(into, field.values);
      into.constant(constantField(1, key));
      writeInside(into, field.value, value[key] as Value);
      endMessage(into, member);
    }
    endMessage(into, map);
  }
}

function writeInside(into: Writer, number: number, value: Value): void {
  const begun = beginMessage(into, number);
  write(into, value);
  endMessage(into, begun);
}
