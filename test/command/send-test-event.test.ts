import { describe, expect, it } from "vitest";
import { z } from "zod";
import { sendTestEvent } from "../../src/command/send-test-event.ts";
import { anyOutputKind, type ConfiguredOutput } from "../../src/output/configured.ts";
import type { Output, SendResult } from "../../src/output/output.ts";
import { batch, outputBase } from "../../src/schema/output-base.ts";
import { systemClock } from "../../src/time/clock.ts";
import { nothing } from "../config/stand-in-kinds.ts";
import { textsOf } from "../fake/payloads.ts";
import { origin } from "../format/arbitrary-event.ts";

const kind = anyOutputKind({
  type: "drain",
  schema: z.strictObject({
    ...outputBase,
    batch: batch({ maxEvents: 10, maxBytes: "1MB", maxWait: "1s" }),
  }),
  formats: ["raw"],
  textFormat: () => "raw",
  destination: () => ["here"],
  guarantee: () => "acknowledged",
  proves: (_, worth) => `proven: ${worth}`,
  preview: () => nothing,
  create: nothing,
});

async function sent(result: SendResult, options: Record<string, unknown> = {}, stop = new AbortController()) {
  const batches: string[][] = [];
  const output: Output = {
    encode: ({ uid, raw }, into) => into.text(`${uid} ${raw}`),
    async send(batch) {
      batches.push(textsOf(batch));
      return result;
    },
    probe: nothing,
    close: nothing,
  };
  const configured: ConfiguredOutput = kind.schema.parse({ name: "siem", ...options });
  const asked = { configured, output, origin, guid: "0e0e", clock: systemClock };
  return { findings: await sendTestEvent(asked, stop.signal), batches };
}

const delivered = { status: "delivered", rejected: [] } as const;

describe("a test event", () => {
  it("is one event through the output, and the finding says what the answer proves", async () => {
    const { findings, batches } = await sent(delivered);
    expect(batches).toEqual([[expect.stringMatching(/^test-0e0e .*"wandb-audit-forwarder:test_event"/)]]);
    expect(findings).toEqual([
      { level: "ok", text: expect.stringMatching(/^test event test-0e0e: proven: acknowledged\. .*uid/) },
    ]);
  });

  it("claims no more than the answer was worth, and passes a warning on", async () => {
    const { findings } = await sent({ ...delivered, worth: "received", warning: "nobody acknowledges" });
    expect(findings).toEqual([
      { level: "ok", text: expect.stringContaining("proven: received") },
      { level: "warning", text: "nobody acknowledges" },
    ]);
  });

  it("is sent though the filter would leave it out, which is said", async () => {
    const { findings, batches } = await sent(delivered, { filter: { actions: ["user:*"] } });
    expect(batches).toHaveLength(1);
    expect(findings.at(-1)).toEqual({ level: "ok", text: expect.stringContaining("filter would leave") });
  });

  it("is redacted like an audit event", async () => {
    const { batches } = await sent(delivered, { redact: { drop: ["timestamp"] } });
    expect(batches[0]?.[0]).not.toContain("timestamp");
  });

  it.each<[string, SendResult]>([
    ["retry", { status: "retry", reason: "unauthorized", detail: "no such token", fix: "give another" }],
    ["refused", { status: "refused", reason: "bad_event", detail: "no such field" }],
    ["rejected", { ...delivered, rejected: [{ index: 0, reason: "bad_event", detail: "no such field" }] }],
  ])("is a problem with its fix where the answer is no delivery: %s", async (_, result) => {
    const { findings } = await sent(result);
    expect(findings).toEqual([
      {
        level: "problem",
        text: expect.stringMatching(/^test event test-0e0e: .*no such (token|field)/),
        fix: expect.stringMatching(/\S/),
      },
    ]);
  });

  it("names --timeout where the time was up", async () => {
    const stop = new AbortController();
    stop.abort();
    const late = { status: "retry", reason: "timeout", detail: "no answer", fix: "look" } as const;
    expect((await sent(late, {}, stop)).findings[0]?.fix).toMatch(/--timeout.*look/);
  });
});
