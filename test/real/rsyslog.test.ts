import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/event/event.ts";
import { sampleEvent, sampleEvents } from "../contract/sample-event.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { encoded, payloadsOf } from "../fake/payloads.ts";
import { faulty } from "../format/arbitrary-event.ts";
import { parameter, parse5424, syslogOutput } from "../output/syslog/subject.ts";
import { type Rsyslog, rsyslogHasTls, rsyslogIsHere, startRsyslog } from "./rsyslog.ts";

const names = [
  "\r\n<134>1 2026-08-01T00:00:00Z h a - - - forged",
  '"] [x@1 a="',
  "a|b=c\\d x cs1=spoof",
  '","admin":true,"x":"',
  "\u001b[2J\u009b\u007f\u0000",
  "\u202e\u2066\u2028\u2029\u0085",
  "line\nbreak \t tab",
  "é😀 ü",
];
const hostile: readonly AuditEvent[] = [...names.map((name, index) => sampleEvent(index, name)), faulty];

describe.skipIf(!rsyslogIsHere)("a real rsyslog (skipped where /usr/sbin/rsyslogd is missing)", () => {
  let rsyslog: Rsyslog;
  let made: Certificates | undefined;
  let seen = 0;
  beforeAll(async () => {
    made = rsyslogHasTls ? certificates() : undefined;
    rsyslog = await startRsyslog(made && { ca: made.ca, ...made.issue("rsyslog") });
  });
  afterAll(async () => {
    await rsyslog?.close();
    made?.remove();
  });

  /** What rsyslog got since the last call, once it is `count` messages. */
  async function taken(count: number) {
    await expect.poll(() => rsyslog.taken().length - seen, { timeout: 5000 }).toBeGreaterThanOrEqual(count);
    const all = rsyslog.taken().slice(seen);
    seen += all.length;
    return all;
  }

  const ways = [
    { transport: "tcp", framing: "octet_counting" },
    { transport: "tcp", framing: "newline" },
    { transport: "tls", framing: "octet_counting" },
    { transport: "udp", framing: "octet_counting" },
  ] as const;
  const shapes = [
    { format: "cef", syslog: "rfc5424" },
    { format: "ecs", syslog: "rfc5424" },
    { format: "json", syslog: "rfc5424" },
    { format: "cef", syslog: "rfc3164" },
    { format: "json", syslog: "rfc3164" },
  ] as const;

  for (const way of ways)
    for (const shape of shapes)
      it.skipIf(way.transport === "tls" && !rsyslogHasTls)(
        `takes each hostile event as one message: ${way.transport}, ${way.framing}, ${shape.format}, ${shape.syslog}`,
        async () => {
          const address = `${way.transport}://127.0.0.1:${rsyslog[way.transport]}`;
          const tls = way.transport === "tls" ? { tls: { ca: made?.ca } } : {};
          const output = syslogOutput({ address, framing: way.framing, ...shape, ...tls });
          const plain = syslogOutput({ address: "udp://127.0.0.1:1", ...shape });
          const batch = payloadsOf(output, hostile);
          expect(await output.send(batch, AbortSignal.timeout(5000))).toEqual({
            status: "delivered",
            rejected: [],
          });
          await output.close();
          const messages = await taken(hostile.length);
          expect(messages.map(({ raw }) => raw)).toEqual(
            hostile.map((event) => encoded(plain, event).toString()),
          );
          for (const [index, { msg, raw, pri, host }] of messages.entries()) {
            expect(host).toBe(hostile[index]?.origin.instance);
            expect(Math.floor(Number(pri) / 8)).toBe(13);
            if (shape.format === "cef") expect(raw).toMatch(/ CEF:0\|Weights & Biases\|/);
            if (shape.syslog === "rfc5424") expect(msg.trimStart()).toBe(parse5424(raw)?.text);
          }
        },
      );

  it("understands the RFC 5424 header as it is meant", async () => {
    const output = syslogOutput({ address: `tcp://127.0.0.1:${rsyslog.tcp}`, format: "json" });
    const event = sampleEvent(1, 'a "quoted" ] \\ name');
    await output.send(payloadsOf(output, [event]), AbortSignal.timeout(5000));
    const [message] = await taken(1);
    expect(message).toMatchObject({
      pri: "110",
      host: "acme.wandb.io",
      app: "wandb-audit",
      procid: "-",
      msgid: "project:read",
    });
    expect(new Date(message?.time ?? "").getTime()).toBe(1_785_589_935_000);
    expect(parameter(message?.sd ?? "", "project_name")).toBe('a "quoted" ] \\ name');
  });

  it("loses nothing that counts as delivered, and gets everything in the end, while it is restarted", async () => {
    const output = syslogOutput({ address: `tcp://127.0.0.1:${rsyslog.tcp}`, format: "json" });
    const events = sampleEvents(3000);
    const restarts = (async () => {
      for (let times = 0; times < 2; times++) {
        await new Promise((resolve) => setTimeout(resolve, 120));
        await rsyslog.restart("SIGTERM");
      }
    })();
    const results = { delivered: 0, retry: 0 };
    const deadline = AbortSignal.timeout(15_000);
    for (let from = 0; from < events.length; ) {
      const batch = payloadsOf(output, events.slice(from, from + 20));
      const { status } = await output.send(batch, deadline);
      deadline.throwIfAborted();
      if (status === "delivered") from += 20;
      results[status as "delivered"]++;
      await new Promise((resolve) => setTimeout(resolve, status === "retry" ? 20 : 2));
    }
    await restarts;
    const uids = (await taken(events.length)).map(({ sd }) => parameter(sd, "uid"));
    expect(results.retry).toBeGreaterThan(0);
    expect(events.filter(({ uid }) => !uids.includes(uid))).toEqual([]);
    expect(uids.length - events.length).toBeLessThanOrEqual(results.retry * 20);
  });
});
