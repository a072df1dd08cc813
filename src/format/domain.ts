import type { AuditEvent } from "../event/event.ts";
import { quote } from "../text/json-text.ts";
import { partOf } from "../text/part-of.ts";
import { constant, type Writer } from "../text/writer.ts";
import { has, textOf } from "./values.ts";

const at = 0x40;
const quotation = 0x22;
const upperA = 0x41;
const upperZ = 0x5a;
/** What makes an upper-case letter of ASCII a lower-case one. */
const lowerBit = 0x20;

/**
 * Writes the domain of the e-mail address that a known key holds, as the member `name` of a JSON object, a
 * comma in front: what stands behind the last `@`. Nothing where there is none, as in a pseudonym. Only the
 * letters of ASCII become lower case: other alphabets have letters that would turn into one of them, and a
 * domain into another.
 */
export function domainMember(name: string, key: number): (into: Writer, event: AuditEvent) => void {
  const before = constant(`,"${name}":"`);
  const part = partOf<AuditEvent>({ type: "domain", before, key }, (into, event) => {
    const { asWritten } = event;
    if (asWritten?.isCopyable(key))
      copyDomain(into, before, asWritten.memory, asWritten.start(key), asWritten.end(key));
    else writeDomain(into, before, textOf(event, key));
    return true;
  });
  return (into, event) => {
    if (has(event, key)) into.part(part, event);
  };
}

function copyDomain(into: Writer, before: Buffer, record: Buffer, start: number, end: number): void {
  let from = end;
  while (from > start && record[from - 1] !== at) from -= 1;
  if (from === start || from === end) return;
  into.room(before.length + end - from + 1);
  const { bytes } = into;
  let { size } = into;
  bytes.set(before, size);
  size += before.length;
  for (let place = from; place < end; place += 1) {
    const byte = record[place] as number;
    bytes[size++] = byte >= upperA && byte <= upperZ ? byte | lowerBit : byte;
  }
  bytes[size++] = quotation;
  into.size = size;
}

function writeDomain(into: Writer, before: Buffer, address: string): void {
  const from = address.lastIndexOf("@") + 1;
  if (from === 0 || from === address.length) return;
  into.constant(before);
  into.text(quote(address.slice(from).replace(/[A-Z]+/g, (letters) => letters.toLowerCase())).slice(1));
}
