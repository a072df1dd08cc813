import fc from "fast-check";
import { expect, it } from "vitest";
import { keyChoices, recordEncoder, recordOf } from "../../../src/output/kafka/record.ts";
import { encoded } from "../../fake/payloads.ts";
import { eventWith } from "../../format/arbitrary-event.ts";

const value = Buffer.from('{"é":1}');
const write = (_event: unknown, into: { constant(bytes: Buffer): void }) => into.constant(value);

it("gives back what was written, whatever stands in it", () => {
  const texts = fc.string({ unit: "binary", maxLength: 40 });
  fc.assert(
    fc.property(texts, texts, fc.option(fc.stringMatching(/^\d{14}$/)), (id, email, replay) => {
      const keys = {
        ...(id !== "" && { actor_user_id: id }),
        ...(email !== "" && { actor_email: email }),
      };
      const event = { ...eventWith({ keys }), ...(replay !== null && { replayId: replay }) };
      for (const key of keyChoices) {
        const record = recordOf(encoded({ encode: recordEncoder(write, key) }, event), key);
        expect(record.value).toEqual(value);
        expect(record.uid.toString()).toBe(event.uid);
        expect(record.replayId.toString()).toBe(replay ?? "");
        const actor = event.keys.actor_user_id ?? event.keys.actor_email ?? "";
        const wanted = { uid: event.uid, actor: actor === "" ? event.uid : actor, none: undefined }[key];
        expect(record.key?.toString()).toBe(
          wanted === undefined ? undefined : Buffer.from(wanted).toString(),
        );
        const { seconds, nanos } = event.time ?? event.observed;
        expect(record.timeMs).toBe(seconds * 1000 + Math.floor(nanos / 1e6));
      }
    }),
  );
});
