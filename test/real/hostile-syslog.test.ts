import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encoded, payloadsOf } from "../fake/payloads.ts";
import { readCef } from "../format/cef-reader.ts";
import { syslogOutput } from "../output/syslog/subject.ts";
import { eventOf } from "../security/event-of.ts";
import { type Hostile, hostile } from "../security/hostile.ts";
import { rsyslogIsHere, startRsyslog } from "./rsyslog.ts";
import { haveSyslogNg, startSyslogNg } from "./syslog-ng.ts";

// The receivers that people run, as they are: what they call one message must be one event, byte for byte.

/** Both cut messages at a limit of their own; rsyslog's is 64k here. */
const rows = hostile.filter(({ line }) => line.length < 40_000);

interface Shape {
  readonly format: "cef" | "ecs" | "json";
  readonly syslog: "rfc5424" | "rfc3164";
  readonly framing: "octet_counting" | "newline";
}

function sent(shape: Shape, port: number) {
  const output = syslogOutput({ address: `tcp://127.0.0.1:${port}`, ...shape, oversized: "whole" });
  const plain = syslogOutput({ address: "udp://127.0.0.1:1", ...shape, oversized: "whole" });
  const events = rows.map(({ line }: Hostile) => eventOf(line));
  return {
    messages: events.map((event) => encoded(plain, event).toString()),
    async send() {
      const batch = payloadsOf(output, events);
      expect(await output.send(batch, AbortSignal.timeout(10_000))).toMatchObject({
        status: "delivered",
        rejected: [],
      });
      await output.close();
    },
  };
}

async function arrived<M>(all: () => readonly M[], seen: number, count: number): Promise<readonly M[]> {
  await expect.poll(() => all().length - seen, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
  return all().slice(seen);
}

describe.skipIf(!rsyslogIsHere)(
  "hostile content in a real rsyslog (skipped where /usr/sbin/rsyslogd is missing)",
  () => {
    let rsyslog: Awaited<ReturnType<typeof startRsyslog>>;
    beforeAll(async () => {
      rsyslog = await startRsyslog();
    });
    afterAll(() => rsyslog?.close());

    it.each([
      { format: "cef", syslog: "rfc5424", framing: "octet_counting" },
      { format: "ecs", syslog: "rfc5424", framing: "newline" },
      { format: "json", syslog: "rfc5424", framing: "octet_counting" },
      { format: "cef", syslog: "rfc3164", framing: "newline" },
    ] as const)("is one message for one event: $format, $syslog, $framing", async (shape) => {
      const seen = rsyslog.taken().length;
      const { messages, send } = sent(shape, rsyslog.tcp);
      await send();
      const taken = await arrived(() => rsyslog.taken(), seen, messages.length);
      expect(taken.map(({ raw }) => raw)).toEqual(messages);
      expect(new Set(taken.map(({ host }) => host))).toEqual(new Set(["acme.wandb.io"]));
    });
  },
);

const syslogNgIsHere = haveSyslogNg();

describe.skipIf(!syslogNgIsHere)(
  "hostile content in a real syslog-ng (skipped where it cannot be fetched)",
  () => {
    let syslogNg: Awaited<ReturnType<typeof startSyslogNg>>;
    beforeAll(async () => {
      syslogNg = await startSyslogNg();
    });
    afterAll(() => syslogNg?.close());

    it.each([
      { format: "cef", syslog: "rfc5424", framing: "octet_counting" },
      { format: "ecs", syslog: "rfc5424", framing: "octet_counting" },
      { format: "json", syslog: "rfc5424", framing: "octet_counting" },
      { format: "cef", syslog: "rfc3164", framing: "newline" },
      { format: "json", syslog: "rfc3164", framing: "newline" },
    ] as const)("is one message for one event: $format, $syslog, $framing", async (shape) => {
      const seen = syslogNg.taken().length;
      const { messages, send } = sent(shape, shape.framing === "newline" ? syslogNg.lines : syslogNg.counted);
      await send();
      const taken = await arrived(() => syslogNg.taken(), seen, messages.length);
      expect(taken.map(({ RAWMSG }) => RAWMSG)).toEqual(messages);
      expect(new Set(taken.map(({ HOST }) => HOST))).toEqual(new Set(["acme.wandb.io"]));
      if (shape.syslog === "rfc5424")
        expect(new Set(taken.map(({ PROGRAM }) => PROGRAM))).toEqual(new Set(["wandb-audit"]));
      if (shape.syslog === "rfc5424" && shape.format === "cef")
        for (const { MESSAGE = "" } of taken) readCef(MESSAGE);
    });
  },
);
