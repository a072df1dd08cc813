import type { AnyValue } from "@opentelemetry/api-logs";
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

/** JSON as a value, with `Wide` for the integers that a JavaScript number cannot hold and 64 bits can. */
type Value<Wide> = Wide | string | number | boolean | null | Value<Wide>[] | { [key: string]: Value<Wide> };

/**
 * Objects and arrays inside each other; what lies deeper travels as its JSON text. In protobuf an object
 * takes three messages inside each other, and readers give up at a hundred (protobuf's default recursion
 * limit).
 */
const deepest = 16;

/**
 * Well-formed JSON for the OpenTelemetry serializers. They know no integers beyond 2^53, so these travel as
 * text.
 */
export function otlpValue(json: string): AnyValue {
  return anyValue(new Scanner(json), (digits) => digits, 0);
}

/** Well-formed JSON as an OTLP/JSON AnyValue. Integers are exact to 64 bits, larger ones travel as text. */
export function otlpValueText(json: string): string {
  return textOf(anyValue(new Scanner(json), BigInt, 0));
}

/** `depth` counts the objects and arrays around the value. */
function anyValue<Wide>(scanner: Scanner, wide: (digits: string) => Wide, depth: number): Value<Wide> {
  if (depth < deepest && scanner.take(openBracket)) return listOf(scanner, wide, depth + 1);
  if (depth < deepest && scanner.take(openBrace)) return mapOf(scanner, wide, depth + 1);
  const scalar = scanner.value(0);
  if (scalar === undefined) return null;
  if (scalar.kind === "number") return numberOf(scalar.text, wide);
  if (scalar.kind === "literal") return scalar.text === "null" ? null : scalar.text === "true";
  return scalar.text.toWellFormed();
}

function listOf<Wide>(scanner: Scanner, wide: (digits: string) => Wide, depth: number): Value<Wide>[] {
  const list: Value<Wide>[] = [];
  if (scanner.take(closeBracket)) return list;
  do list.push(anyValue(scanner, wide, depth));
  while (scanner.take(comma));
  scanner.take(closeBracket);
  return list;
}

function mapOf<Wide>(
  scanner: Scanner,
  wide: (digits: string) => Wide,
  depth: number,
): { [key: string]: Value<Wide> } {
  // Without a prototype a key such as `__proto__` is a key.
  const map: { [key: string]: Value<Wide> } = Object.create(null);
  if (scanner.take(closeBrace)) return map;
  do {
    scanner.peek();
    const key = (scanner.string() ?? "").toWellFormed();
    scanner.take(colon);
    map[key] = anyValue(scanner, wide, depth);
  } while (scanner.take(comma));
  scanner.take(closeBrace);
  return map;
}

function numberOf<Wide>(digits: string, wide: (digits: string) => Wide): Value<Wide> {
  const number = Number(digits);
  if (Number.isSafeInteger(number)) return number;
  if (Number.isFinite(number) && !Number.isInteger(number)) return number;
  return isInt64(digits) ? wide(digits) : digits;
}

function isInt64(digits: string): boolean {
  return /^-?\d{1,19}$/.test(digits) && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
}

function textOf(value: Value<bigint>): string {
  if (value === null) return "{}";
  if (typeof value === "string") return `{"stringValue":${quote(value)}}`;
  if (typeof value === "boolean") return `{"boolValue":${value}}`;
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return `{"intValue":"${value}"}`;
  if (typeof value === "number") return `{"doubleValue":${value}}`;
  if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(textOf).join(",")}]}}`;
  const members = Object.keys(value).map(
    (key) => `{"key":${quote(key)},"value":${textOf(value[key] as Value<bigint>)}}`,
  );
  return `{"kvlistValue":{"values":[${members.join(",")}]}}`;
}
