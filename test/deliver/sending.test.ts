import { describe, expect, it } from "vitest";
import type { Output, PlanContext, SendResult } from "../../src/output/output.ts";
import { MemoryStore } from "../fake/memory-store.ts";
import { textsOf } from "../fake/payloads.ts";
import { delivered, numbered, retry, shape, subject } from "./delivering.ts";

/** A loop over an output that plans, and answers with `answers` one after another, the last for ever. */
function planned(
  texts: readonly string[],
  answers: readonly SendResult[],
  store = new MemoryStore(["siem"]),
) {
  const plans: { texts: string[]; before: string | undefined; ofRun: boolean; onDisk: string | undefined }[] =
    [];
  const sends: { texts: string[]; planned: string | undefined }[] = [];
  const onDisk = () => store.standing("siem").planned?.plan;
  const output: Output = {
    encode: shape.encode,
    async plan(batch, { before, ofRun }: PlanContext) {
      plans.push({ texts: textsOf(batch), before, ofRun, onDisk: onDisk() });
      return { status: "planned", plan: before ?? `plan of ${textsOf(batch).length}` };
    },
    async send(batch) {
      sends.push({ texts: textsOf(batch), planned: onDisk() });
      return answers[Math.min(sends.length, answers.length) - 1] as SendResult;
    },
    probe: async () => [],
    close: async () => {},
  };
  const made = subject(texts, () => delivered, { store, output, limit: { events: 3, bytes: 10_000 } });
  return { ...made, store, plans, sends };
}

describe("an output that plans", () => {
  it("is sent nothing before its plan is on disk, and none is left once all is settled", async () => {
    const { plans, sends, until, settled, store } = planned(numbered(5), [delivered]);
    await until(settled);
    expect(sends.map(({ planned }) => planned)).toEqual(["plan of 3", "plan of 2"]);
    expect(plans.map(({ before }) => before)).toEqual([undefined, undefined]);
    expect(store.standing("siem")).not.toHaveProperty("planned");
  });

  it("gets the same batch again after any failure, never a smaller one", async () => {
    const cut = retry({ reason: "connection_lost" });
    const held = retry({ reason: "forbidden", hold: true });
    const { plans, sends, until, settled, clock } = planned(numbered(3), [
      cut,
      cut,
      cut,
      cut,
      held,
      delivered,
    ]);
    await until(() => {
      clock.advance(1_000);
      return settled();
    });
    expect(sends).toHaveLength(6);
    expect(new Set(sends.map(({ texts }) => texts.join()))).toEqual(new Set([numbered(3).join()]));
    expect(plans.slice(1).every(({ before }) => before === "plan of 3")).toBe(true);
  });

  it("gets the batch that was planned before a crash, whatever has come since", async () => {
    const store = new MemoryStore(["siem"]);
    const first = planned(numbered(2), [retry()], store);
    await first.until(() => first.sends.length > 0);
    first.append(["later"]);
    const again = planned([], [delivered], store);
    await again.until(again.settled);
    expect(again.plans[0]).toMatchObject({ texts: numbered(2), before: "plan of 2", ofRun: true });
    expect(again.sends.map(({ texts }) => texts)).toEqual([numbered(2), ["later"]]);
  });

  it("is told what goes beside the run, whose plan is nowhere", async () => {
    const store = new MemoryStore(["siem"]);
    const { plans, until, settled } = planned(numbered(2), [delivered], store);
    await until(settled);
    store.resend("siem");
    const again = planned([], [delivered], store);
    await again.until(() => store.standing("siem").stretch === undefined);
    expect(plans.map(({ ofRun }) => ofRun)).toEqual([true]);
    expect(again.plans).toMatchObject([{ ofRun: false, before: undefined }]);
    expect(store.standing("siem")).not.toHaveProperty("planned");
  });
});
