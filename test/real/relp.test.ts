import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleEvent, sampleEvents } from "../contract/sample-event.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { encoded, payloadsOf } from "../fake/payloads.ts";
import { parameter, syslogOutput } from "../output/syslog/subject.ts";
import { type Rsyslog, rsyslogHasRelp, startRsyslog } from "./rsyslog.ts";

const window = 128;

describe.skipIf(!rsyslogHasRelp)("a real rsyslog with imrelp (skipped without rsyslog-relp)", () => {
  let rsyslog: Rsyslog;
  let made: Certificates;
  let seen = 0;
  beforeAll(async () => {
    made = certificates();
    rsyslog = await startRsyslog({ ca: made.ca, ...made.issue("rsyslog") });
  });
  afterAll(async () => {
    await rsyslog?.close();
    made?.remove();
  });

  async function taken(count: number) {
    await expect.poll(() => rsyslog.taken().length - seen, { timeout: 5000 }).toBeGreaterThanOrEqual(count);
    const all = rsyslog.taken().slice(seen);
    seen += all.length;
    return all;
  }

  const ways = [
    { format: "cef", syslog: "rfc5424" },
    { format: "ecs", syslog: "rfc5424" },
    { format: "json", syslog: "rfc5424" },
    { format: "cef", syslog: "rfc3164" },
  ] as const;

  it.each(ways)("answers for each message, which is what was sent: $format, $syslog", async (shape) => {
    const output = syslogOutput({ address: `relp://127.0.0.1:${rsyslog.relp}`, ...shape });
    const events = ["plain", "two\nlines", "é😀 ü", "\u0000\u001b[2J", "x".repeat(20_000)].map(
      (name, index) => sampleEvent(index, name),
    );
    expect(await output.send(payloadsOf(output, events), AbortSignal.timeout(5000))).toMatchObject({
      status: "delivered",
      rejected: [],
    });
    await output.close();
    const messages = await taken(events.length);
    expect(messages.map(({ raw }) => raw)).toEqual(events.map((event) => encoded(output, event).toString()));
  });

  it("is asked for a certificate and gives one (mutual TLS), and tells a refusal", async () => {
    const address = `relp+tls://127.0.0.1:${rsyslog.relpTls}`;
    const known = made.issue("forwarder");
    const output = syslogOutput({
      address,
      format: "json",
      tls: { ca: made.ca, cert: known.cert, key: known.key },
    });
    const found = await output.probe(AbortSignal.timeout(5000));
    expect(found[0]).toMatchObject({ level: "ok", text: expect.stringContaining("librelp") });
    const events = sampleEvents(300);
    expect(await output.send(payloadsOf(output, events), AbortSignal.timeout(5000))).toEqual({
      status: "delivered",
      rejected: [],
    });
    await output.close();
    await taken(events.length);

    const other = made.issue("stranger");
    const stranger = syslogOutput({
      address,
      format: "json",
      tls: { ca: made.ca, cert: other.cert, key: other.key },
    });
    const refused = await stranger.send(payloadsOf(stranger, sampleEvents(1)), AbortSignal.timeout(5000));
    expect(refused).toMatchObject({ status: "retry" });
    await stranger.close();
    expect(rsyslog.taken().length).toBe(seen);
  });

  it("is killed ten times under load: nothing that was answered is lost, and no more than the window comes twice", async () => {
    const output = syslogOutput({ address: `relp://127.0.0.1:${rsyslog.relp}`, format: "json", window });
    const deadline = AbortSignal.timeout(100_000);
    let kills = 0;
    const killing = (async () => {
      for (; kills < 10; kills++) {
        const before = rsyslog.taken().length;
        await expect.poll(() => rsyslog.taken().length > before + 20, { timeout: 20_000 }).toBe(true);
        await rsyslog.restart("SIGKILL");
      }
    })();
    const uids: string[] = [];
    let retries = 0;
    for (let batches = 0; kills < 10 || batches < 20; batches++) {
      const events = Array.from({ length: 500 }, (_, index) => sampleEvent(1_000 + batches * 500 + index));
      const batch = payloadsOf(output, events);
      while ((await output.send(batch, deadline)).status !== "delivered") {
        deadline.throwIfAborted();
        retries++;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      uids.push(...events.map(({ uid }) => uid));
    }
    await killing;
    await output.close();
    const got = (await taken(uids.length)).map(({ sd }) => parameter(sd, "uid"));
    const once = new Set(got);
    expect(retries).toBeGreaterThanOrEqual(10);
    expect(uids.filter((uid) => !once.has(uid))).toEqual([]);
    expect(got.length - once.size).toBeLessThanOrEqual(kills * window);
  }, 120_000);
});
