import type { KafkaPackage } from "./load-client.ts";

type Reader = InstanceType<KafkaPackage["Reader"]>;
type Read = (this: Reader, ...values: unknown[]) => unknown;

/** What goes on by a length that stands in the answer, and how far it does at least. */
const least = { skip: 0, readNullableString: 1, readNullableBytes: 1, readVarIntBytes: 1 } as const;
const seen = new WeakSet<KafkaPackage>();

/**
 * Has the client read answers forwards alone. It believes lengths below nothing, by which it reads the same
 * bytes again: as often as another number in the answer says, until there is no memory left.
 */
export function readsForwards(pack: KafkaPackage): void {
  if (seen.has(pack)) return;
  seen.add(pack);
  const reader = pack.Reader.prototype as unknown as Record<string, Read>;
  for (const [name, bytes] of Object.entries(least)) {
    const read = reader[name] as Read;
    reader[name] = function (this: Reader, ...values) {
      const from = this.position;
      const found = read.apply(this, values);
      if (this.position < from + bytes) throw new RangeError("a length below nothing");
      return found;
    };
  }
}
