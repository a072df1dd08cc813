import { afterEach, expect, it } from "vitest";
import { omittedKey } from "../../../src/event/cut.ts";
import { Payloads } from "../../../src/output/payloads.ts";
import { CutMessages } from "../../../src/output/syslog/limit.ts";
import { startRelpReceiver } from "../../../src/simulate/relp-receiver.ts";
import { startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
import { sampleEvent } from "../../contract/sample-event.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { parameter, parse5424, syslogOutput } from "./subject.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function sent(settings: Record<string, unknown>, long = 9000) {
  const receiver = await startSyslogReceiver({ transport: "tcp" });
  const output = syslogOutput({ address: receiver.url, format: "json", ...settings });
  undo.push(
    () => receiver.close(),
    () => output.close(),
  );
  const events = [sampleEvent(1), sampleEvent(2, "x".repeat(long)), sampleEvent(3)];
  const result = await output.send(payloadsOf(output, events), AbortSignal.timeout(5000));
  return { result, taken: receiver.taken() };
}

/** One event with more that is not documented than CEF has room for. */
async function sentAsCef(settings: Record<string, unknown>) {
  const receiver = await startSyslogReceiver({ transport: "tcp" });
  const output = syslogOutput({ address: receiver.url, format: "cef", ...settings });
  undo.push(
    () => receiver.close(),
    () => output.close(),
  );
  const event = { ...sampleEvent(1), unmapped: [["extra", JSON.stringify("y".repeat(5000))] as const] };
  const result = await output.send(payloadsOf(output, [event]), AbortSignal.timeout(5000));
  return { result, taken: receiver.taken() };
}

const uidOf = (message: string) => parameter(parse5424(message)?.structuredData ?? "", "uid");

it("cuts a message that is too long, and says so", async () => {
  const { result, taken } = await sent({});
  expect(result).toMatchObject({
    status: "delivered",
    rejected: [],
    warning: `messages in which something was left out (${omittedKey}) for want of room: 1; where the receiver takes more than 8192 octets, raise max_size`,
  });
  expect(taken.map(uidOf)).toEqual([1, 2, 3].map((number) => sampleEvent(number).uid));
  const record = JSON.parse(parse5424(taken[1] as string)?.text ?? "");
  expect(record).toMatchObject({ action: "project:read", [omittedKey]: 1 });
  expect(record).not.toHaveProperty("project_name");
});

it("looks for what was left out behind a message that says so, and no longer", () => {
  const cut = new CutMessages();
  const batch = (...texts: string[]) => {
    const payloads = new Payloads();
    for (const text of texts) payloads.add(sampleEvent(1), (_, into) => into.text(text));
    return payloads;
  };
  const said = batch("whole", `{"${omittedKey}":1}`, "whole");
  cut.see(Buffer.from("whole"));
  expect(cut.count(said)).toBe(0);
  cut.see(said.at(1));
  // The next ones may be written before it is sent.
  cut.see(Buffer.from("whole"));
  for (let nth = 0; nth < 10; nth += 1) expect(cut.count(batch("whole"))).toBe(0);
  expect(cut.count(said)).toBe(1);
  for (let nth = 0; nth < 100; nth += 1) cut.count(batch("whole"));
  expect(cut.count(said)).toBe(0);
});

it("says nothing where nothing was cut", async () => {
  const { result } = await sent({}, 10);
  expect(result).toEqual({ status: "delivered", rejected: [] });
});

it("sends it whole where that is wanted, with a warning", async () => {
  const { result, taken } = await sent({ oversized: "whole" });
  expect(result).toMatchObject({
    status: "delivered",
    warning: expect.stringMatching(/^messages longer than 8192 octets: 1, the longest 18\d{3};/),
  });
  expect(taken[1]?.length).toBeGreaterThan(18_000);
});

it("gives it up where that is wanted, and sends the others", async () => {
  const { result, taken } = await sent({ oversized: "dead_letter" });
  expect(result).toEqual({
    status: "delivered",
    rejected: [
      {
        ...{ index: 1, reason: "too_large", unasked: true },
        detail:
          "longer than the 8192 octets that the receiver takes (max_size), which oversized: dead_letter gives up",
      },
    ],
  });
  expect(taken.map(uidOf)).toEqual([1, 3].map((number) => sampleEvent(number).uid));
});

it.each(["dead_letter", "whole"])(
  "does not take what CEF itself has no room for as cut: %s",
  async (oversized) => {
    const { result, taken } = await sentAsCef({ oversized, max_size: 20_000 });
    expect(result).toEqual({ status: "delivered", rejected: [] });
    expect(taken[0]).toContain(omittedKey);
  },
);

it("says that in CEF more room may not help", async () => {
  const { result } = await sentAsCef({ max_size: 20_000 });
  expect(result).toMatchObject({
    warning: expect.stringContaining("raise max_size (in CEF keys that W&B does not document have room for"),
  });
});

it("asks nobody where all of a batch is too long", async () => {
  const output = syslogOutput({ address: "tcp://127.0.0.1:1", format: "json", oversized: "dead_letter" });
  const batch = payloadsOf(output, [sampleEvent(1, "x".repeat(9000))]);
  expect(await output.send(batch, AbortSignal.timeout(5000))).toMatchObject({
    status: "delivered",
    rejected: [{ index: 0 }],
  });
});

it("names by its place in the batch what a receiver refuses beside it", async () => {
  const receiver = await startRelpReceiver();
  const output = syslogOutput({ address: receiver.url, format: "json", oversized: "dead_letter" });
  undo.push(
    () => receiver.close(),
    () => output.close(),
  );
  receiver.behave("refuse_one", "refuse me");
  const events = [sampleEvent(1, "x".repeat(9000)), sampleEvent(2, "refuse me"), sampleEvent(3)];
  const result = await output.send(payloadsOf(output, events), AbortSignal.timeout(5000));
  expect(result).toMatchObject({
    status: "delivered",
    rejected: [
      { index: 0, reason: "too_large" },
      { index: 1, reason: "bad_event" },
    ],
  });
});
