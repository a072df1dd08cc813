import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { messageBytes } from "../../../src/output/syslog/frame.ts";
import { syslogFrames } from "../../../src/simulate/syslog-frames.ts";
import { startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
import { frame } from "../../fake/frame.ts";
import { encoded, payloadsOf } from "../../fake/payloads.ts";
import { events, texts } from "../../format/arbitrary-event.ts";
import { syslogOutput } from "./subject.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

describe("a frame", () => {
  it("counts octets, not characters", () => {
    expect(frame("<1>é😀", "octet_counting").toString()).toBe("9 <1>é😀");
    expect(frame("<1>é😀", "newline").toString()).toBe("<1>é😀\n");
    expect(frame("<1>é😀", "none").toString()).toBe("<1>é😀");
  });

  it("tells how much of it is the message", () => {
    for (const framing of ["octet_counting", "newline", "none"] as const)
      expect(messageBytes(frame("<1>é😀", framing), framing)).toBe(9);
  });

  it("holds one message even when a line end slipped through the format", () => {
    for (const framing of ["octet_counting", "newline"] as const) {
      const taken: string[] = [];
      syslogFrames((message) => taken.push(message.toString())).push(frame("<1>a\r\n<1>b\0c", framing));
      expect(taken).toEqual(["<1>a  <1>b c"]);
    }
  });

  it("is found again in a stream cut anywhere, both framings mixed", () => {
    const messages = fc.array(fc.tuple(texts, fc.constantFrom("octet_counting", "newline")), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 50 }), (list, step) => {
        const written = list.map(([text]) => `<110>1 ${text.replace(/[\r\n\0]/g, " ").toWellFormed()}`);
        const wire = Buffer.concat(
          list.map(([, framing], index) => frame(written[index] as string, framing as "newline")),
        );
        const taken: string[] = [];
        const frames = syslogFrames((message) => taken.push(message.toString()));
        for (let at = 0; at < wire.length; at += step) frames.push(wire.subarray(at, at + step));
        expect(taken).toEqual(written);
        expect(frames.rest()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe("SEC-CRLF: what a receiver gets", () => {
  const shapes = (["cef", "ecs", "json"] as const).flatMap((format) =>
    (["rfc5424", "rfc3164"] as const).flatMap((syslog) =>
      (["octet_counting", "newline"] as const).map((framing) => ({ format, syslog, framing })),
    ),
  );

  it.each(shapes)(
    "is one message for each event, octet for octet: $format, $syslog, $framing",
    async (shape) => {
      const receiver = await startSyslogReceiver({ transport: "tcp" });
      undo.push(() => receiver.close());
      const output = syslogOutput({ address: receiver.url, ...shape });
      const plain = syslogOutput({ address: "udp://127.0.0.1:1", ...shape });
      const batch = fc.sample(events, { numRuns: 150, seed: 7 });
      const outgoing = payloadsOf(output, batch);
      expect(await output.send(outgoing, AbortSignal.timeout(5000))).toMatchObject({
        status: "delivered",
        rejected: [],
      });
      expect(receiver.taken().map((text) => Buffer.from(text))).toEqual(
        batch.map((event) => encoded(plain, event)),
      );
    },
  );
});
