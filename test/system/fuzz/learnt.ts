import { decode } from "../../../src/event/decode.ts";
import type { AuditEvent } from "../../../src/event/event.ts";
import { redactor } from "../../../src/event/redact.ts";
import { RegularEvent } from "../../../src/event/regular-event.ts";
import { learnt } from "../../../src/layout/learnt.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { Writer } from "../../../src/text/writer.ts";
import { inPlace } from "../../fake/in-place.ts";
import { origin } from "../../format/arbitrary-event.ts";
import { allEncoders } from "../../layout/encoders.ts";
import { inventEntry, recordSeeds } from "./entries.ts";
import type { Target } from "./fuzz.ts";

const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };
const uid = "0123456789abcdef0123456789abcdef";
/** So often each input comes: the layout of its kind is learnt, proven and used. */
const times = 5;

const redact = {
  drop: ["entity_name", "user_email"],
  pseudonymize: ["actor_email", "actor_ip", "actor_user_id"],
  key: new Secret("a-key-of-the-hash"),
};

/**
 * What outputs write once they have learnt how events of a kind are written, with and without what they take
 * out, and what they would write without.
 */
export const learntLayouts: Target = {
  name: "learnt",
  inputs: 5_000,
  slowMs: 2_000,
  seeds: recordSeeds,
  invent: inventEntry,
  open() {
    const regular = new RegularEvent();
    const clean = redactor(redact);
    const writers = [...allEncoders].map(([name, encode]) => ({ name, encode, write: learnt(encode) }));
    const plain = new Writer();
    const fast = new Writer();

    function compare(decoded: AuditEvent, event: AuditEvent, how: string): void {
      for (const { name, encode, write } of writers) {
        plain.clear();
        encode(decoded, plain);
        for (let time = 0; time < times; time += 1) {
          fast.clear();
          write(event, fast);
          if (!fast.written().equals(plain.written())) throw new Error(`${name}${how} writes other bytes`);
        }
      }
    }

    return {
      run(bytes) {
        const record = { seq: 1, source: "prod", uid, day: 20_666, bytes, late: false, observed };
        if (!regular.read(inPlace(record), origin)) return;
        const decoded = decode(record, origin);
        compare(decoded, regular, "");
        compare(clean(decoded), clean(regular), " with redaction");
      },
    };
  },
};
