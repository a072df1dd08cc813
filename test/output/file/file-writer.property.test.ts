import { lstatSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { anyOutputKind } from "../../../src/output/configured.ts";
import { fileOutputKind } from "../../../src/output/file/kind.ts";
import { type FileReceiver, startFileReceiver } from "../../../src/simulate/file-receiver.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";

const never = new AbortController().signal;
const kind = anyOutputKind(fileOutputKind);

function outputTo(receiver: FileReceiver, format: string) {
  const rotate = { max_bytes: "4KB", min_interval: "0s", keep: 1000 };
  return kind.schema
    .parse({ name: "lines", type: "file", path: receiver.path, format, rotate })
    .create(outputContext);
}

const lookAt = (path: string) => lstatSync(path, { throwIfNoEntry: false }) ?? { ino: 0, size: 0 };

/** Batches of so many events; a life may end in the middle of the last one, with so much of it written. */
const lives = fc.array(
  fc.record({
    batches: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
    /** Batches that were written, and then not written down as delivered. */
    unsettled: fc.integer({ min: 0, max: 2 }),
    torn: fc.option(
      fc.record({ events: fc.integer({ min: 1, max: 6 }), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

it.each(["json", "ecs", "cef"])("has each line once and whole, wherever lives end, in %s", async (format) => {
  await fc.assert(
    fc.asyncProperty(lives, async (all) => {
      const receiver = startFileReceiver();
      let next = 1;
      try {
        for (const { batches, unsettled, torn } of all) {
          const output = outputTo(receiver, format);
          let settled = next;
          for (const [index, count] of batches.entries()) {
            const result = await output.send(payloadsOf(output, sampleEvents(count, next)), never);
            expect(result).toEqual({ status: "delivered", rejected: [] });
            next += count;
            if (index < batches.length - unsettled) settled = next;
          }
          // The kill comes in the middle of a write: some of it is not there.
          if (torn !== null) {
            const before = lookAt(receiver.path);
            await output.send(payloadsOf(output, sampleEvents(torn.events, next)), never);
            const after = lookAt(receiver.path);
            const from = before.ino === after.ino ? before.size : 0;
            truncateSync(receiver.path, from + Math.floor(torn.part * (after.size - from)));
          }
          await output.close();
          next = settled;
        }
        const last = outputTo(receiver, format);
        await last.send(payloadsOf(last, sampleEvents(20, next)), never);
        const expected = payloadsOf(last, sampleEvents(next + 19))
          .whole()
          .toString();
        await last.close();
        expect(`${receiver.taken().join("\n")}\n`).toBe(expected);
        const halves = readdirSync(receiver.folder).filter(
          (name) => !readFileSync(`${receiver.folder}/${name}`, "utf8").endsWith("\n"),
        );
        expect(halves).toEqual([]);
      } finally {
        receiver.close();
      }
    }),
    { numRuns: 80 },
  );
});
