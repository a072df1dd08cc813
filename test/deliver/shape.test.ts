import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Shape } from "../../src/deliver/batch.ts";
import { shapeOf } from "../../src/deliver/shape.ts";
import { decode } from "../../src/event/decode.ts";
import { pseudonymOf } from "../../src/event/pseudonym.ts";
import { formats } from "../../src/format/all.ts";
import type { Origin } from "../../src/record/origin.ts";
import type { SpooledRecord } from "../../src/record/record.ts";
import { Secret } from "../../src/secret/secret.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { allEncoders, encoders } from "../layout/encoders.ts";
import { chunkOf, delivered } from "../layout/in-batches.ts";
import { logs } from "../layout/lines.ts";
import { facts } from "../own/facts.ts";
import { spooledFact } from "../own/own-event.ts";

const agent = { name: "wandb-audit-forwarder", version: "1" };
const origin: Origin = {
  source: "prod",
  instance: "acme.example",
  baseUrl: "https://acme.example",
  anonymize: false,
};
const record: SpooledRecord = {
  seq: 1,
  source: "prod",
  uid: "0".repeat(32),
  day: 20_666,
  bytes: Buffer.from(
    '{"timestamp":"2026-08-01T10:00:00Z","action":"user:login","actor_email":"ann@example.com","ü":"é"}',
  ),
  late: false,
  observed: { seconds: 1_785_585_600, nanos: 0 },
};

it("makes the same payloads of records and origins that went through a structured clone", () => {
  for (const format of Object.values(formats)) {
    const here = shapeOf({ name: "siem" }, [origin], format(agent));
    const there = shapeOf({ name: "siem" }, structuredClone([origin]), format(structuredClone(agent)));
    const made = payloadsOf(there, [there.decode(structuredClone(record))]).whole();
    expect(made).toEqual(payloadsOf(here, [here.decode(record)]).whole());
  }
});

it("shows no names of a source that is not configured any more", () => {
  const shape = shapeOf({ name: "siem" }, [], formats.raw(agent));
  expect(
    payloadsOf(shape, [shape.decode(record)])
      .whole()
      .toString(),
  ).not.toContain("ann@example.com");
});

it("filters and redacts no event of our own, but one about the output itself", () => {
  const redact = { drop: ["message", "actor_email"], pseudonymize: [] };
  const filter = { actions: ["user:*"], min_severity: 9 };
  for (const format of Object.values(formats)) {
    const shape = shapeOf({ name: "lake", filter, redact }, [origin], format(agent));
    const held = shape.decode(spooledFact(facts.output_held));
    expect(shape.wanted(held)).toBe(true);
    expect(payloadsOf(shape, [held]).whole().toString()).toContain("output_held");
    const own = shapeOf({ name: "splunk", filter }, [origin], format(agent));
    expect(own.wanted(own.decode(spooledFact(facts.output_held)))).toBe(false);
    expect(own.wanted(own.decode(spooledFact(facts.heartbeat)))).toBe(true);
  }
});

it("gives the output's labels to all of its events: W&B's, our own, of a source that is gone, sent again", () => {
  const labels: [string, string][] = [["tenant", "acme"]];
  for (const [name, encode] of encoders) {
    if (name.startsWith("otlp ")) continue;
    const shape = shapeOf({ name: "siem", labels }, [origin], encode);
    const plain = shapeOf({ name: "siem" }, [origin], encode);
    const records = [record, { ...record, source: "gone" }, spooledFact(facts.output_held)];
    for (const how of [shape, shape.replayed("20260801120000")])
      for (const each of records)
        expect(
          payloadsOf(how, [how.decode(each)])
            .whole()
            .includes("acme"),
          name,
        ).toBe(true);
    expect(
      payloadsOf(plain, [plain.decode(record)])
        .whole()
        .includes("tenant"),
      name,
    ).toBe(false);
  }
});

it("has the same pseudonym on every output, and the older key's beside it", () => {
  const keys = [
    { id: "k2", key: new Secret("2".repeat(32)) },
    { id: "k1", key: new Secret("1".repeat(32)) },
  ];
  const redact = { drop: [], pseudonymize: ["actor_email"], keys };
  const [now, before] = keys.map((each) => pseudonymOf("ann@example.com", { ...each, until: undefined }));
  for (const [name, encode] of encoders) {
    const shape = shapeOf({ name: "siem", redact }, [origin], encode);
    const text = payloadsOf(shape, [shape.decode(record)])
      .whole()
      .toString();
    expect(text.includes(now as string), name).toBe(true);
    expect(text.includes(before as string), name).toBe(true);
    expect(text, name).not.toContain("ann@example.com");
  }
});

describe("an output that redacts", () => {
  const keys = ["actor_ip", "actor_email", "user_email", "actor_user_id", "project_name", "response_code"];
  const redactions = fc.record({
    drop: fc.subarray(keys, { maxLength: 3 }),
    pseudonymize: fc.subarray(keys, { minLength: 1, maxLength: 4 }),
    key: fc.constant(new Secret("2".repeat(32))),
  });

  it("sends the same as when it takes each record apart", { timeout: 60_000 }, async () => {
    const all = [...allEncoders];
    await fc.assert(
      fc.asyncProperty(
        fc.array(logs, { minLength: 1, maxLength: 3 }),
        redactions,
        fc.array(fc.constantFrom("", "", "", "", "late", "day", "fault"), { minLength: 1, maxLength: 9 }),
        fc.nat(all.length - 1),
        async (lines, redact, oddities, which) => {
          const [name, encode] = all[which] as (typeof all)[0];
          const chunk = chunkOf(lines.flat(), oddities, 1);
          const from = { ...origin, source: chunk.source };
          const inBytes = shapeOf({ name: "siem", redact }, [from], encode);
          const apart: Shape = {
            ...shapeOf({ name: "siem", redact }, [from], encode),
            decode: (record) => decode(record, from),
          };
          expect(await delivered([chunk], inBytes, 1e6), name).toEqual(await delivered([chunk], apart, 1e6));
        },
      ),
      { numRuns: 600 },
    );
  });
});

describe("what is sent again by a replay", () => {
  const label = "20260801120000";
  const labels = new RegExp(
    [
      `,"replay_id":"${label}"`,
      `,"labels":{"replay_id":"${label}"}`,
      `,"tags":\\[{"name":"replay_id","value":"${label}"}\\]`,
      ` cn2=${label} cn2Label=replayId`,
      ` replay_id="${label}"`,
      `\\[${label}\\](?=: )`,
      `,{"key":"wandb.replay_id","value":{"stringValue":"${label}"}}`,
      ',"wandb_replay"',
      ",wandb_replay",
      ',{"stringValue":"wandb_replay"}',
    ].join("|"),
    "g",
  );
  /** The record itself has no place for a label, and these have nothing around it. */
  const bare = ["raw", "cim"];
  // The space that tells a replay to the output is not sent.
  const unframed = (text: string) => text.replace(/^\d+ (?=<)|^ (?=\{"create")/, "");
  const texts = [...encoders].filter(([name]) => !name.includes("protobuf"));

  it.each(texts)("%s: differs from the first sending by just the label and its tag", (name, encode) => {
    const redact = { drop: ["actor_email"], pseudonymize: [] };
    for (const options of [{}, { redact }]) {
      const shape = shapeOf({ name: "siem", ...options }, [origin], encode);
      const made = (how: Shape) =>
        payloadsOf(how, [how.decode(record)])
          .whole()
          .toString();
      const first = made(shape);
      const again = made(shape.replayed(label));
      expect(unframed(again).replaceAll(labels, "")).toBe(unframed(first));
      expect(again.includes(label)).toBe(!bare.includes(name));
      expect(made(shape)).toBe(first);
    }
  });

  it("OTLP as protobuf carries it as one more attribute", () => {
    for (const [name, encode] of encoders) {
      if (!name.includes("protobuf")) continue;
      const shape = shapeOf({ name: "siem" }, [origin], encode);
      const again = shape.replayed(label);
      const made = payloadsOf(again, [again.decode(record)]).whole();
      expect(made.includes(`wandb.replay_id\u0012\u0010\n\u000e${label}`)).toBe(true);
      expect(
        payloadsOf(shape, [shape.decode(record)])
          .whole()
          .includes("replay"),
      ).toBe(false);
    }
  });

  it("is nothing that live events of the same kind learn", () => {
    for (const encode of encoders.values()) {
      const shape = shapeOf({ name: "siem" }, [origin], encode);
      const again = shape.replayed(label);
      const first = payloadsOf(shape, [shape.decode(record)]).whole();
      for (let turn = 0; turn < 6; turn++) {
        payloadsOf(again, [again.decode(record)]);
        expect(payloadsOf(shape, [shape.decode(record)]).whole()).toEqual(first);
      }
    }
  });
});

describe("a log of few kinds", () => {
  const line = (at: number) =>
    Buffer.from(
      `{"timestamp":"2026-08-01T13:12:14Z","action":"${at % 3 === 0 ? "user:login" : "artifact:read"}","actor_email":"ann@example.com","response_code":${at % 5 === 0 ? 403 : 200}}`,
    );
  const chunk = chunkOf(
    Array.from({ length: 300 }, (_, at) => line(at)),
    [""],
    1,
  );
  const kept = { ...origin, source: chunk.source };
  const batches = (how: Parameters<typeof shapeOf>[0]) =>
    delivered([chunk], shapeOf(how, [kept], formats.ecs(agent)), 1e6, 1_000);

  it.each([
    [{ actions: ["user:*"] }, 100],
    [{ outcome: ["failure" as const] }, 60],
    [{ min_severity: 5 }, 60],
  ])("has none of the events that the filter %j leaves out", async (filter, wanted) => {
    const all = await batches({ name: "siem" });
    const [one, ...others] = await batches({ name: "siem", filter });
    expect([one?.sent.length, one?.filtered.length, others.length]).toEqual([wanted, 300 - wanted, 0]);
    expect(all[0]?.payloads).toEqual(expect.arrayContaining(one?.payloads ?? []));
  });

  it("shows nothing that is redacted", async () => {
    const [one] = await batches({ name: "siem", redact: { drop: ["actor_email"], pseudonymize: [] } });
    expect(one?.sent.length).toBe(300);
    expect(one?.payloads.filter((payload) => payload.includes("ann@example.com"))).toEqual([]);
  });

  it.each(["json", "raw", "cef", "ecs"] as const)("shows nothing that is replaced, as %s", async (format) => {
    const email = (at: number) => `${"ann".repeat(at % 5)}@example.com`;
    const alike = Array.from({ length: 300 }, (_, at) =>
      Buffer.from(
        `{"timestamp":"2026-08-01T13:12:14Z","action":"user:login","actor_email":"${email(at)}","response_code":200}`,
      ),
    );
    const redact = { drop: [], pseudonymize: ["actor_email"], key: new Secret("2".repeat(32)) };
    const shape = shapeOf({ name: "siem", redact }, [kept], formats[format](agent));
    const [one] = await delivered([chunkOf(alike, [""], 1)], shape, 1e6, 1_000);
    expect(one?.sent.length).toBe(300);
    expect(one?.payloads.filter((payload) => payload.includes("@example.com"))).toEqual([]);
    const made = (at: number) => pseudonymOf(email(at), { key: redact.key, id: undefined, until: undefined });
    one?.payloads.forEach((payload, at) => {
      expect(payload).toContain(made(at));
    });
  });

  it("shows no names of a source that is not configured any more", async () => {
    const shape = shapeOf({ name: "siem" }, [], formats.ecs(agent));
    const [one] = await delivered([chunk], shape, 1e6, 1_000);
    expect(one?.sent.length).toBe(300);
    expect(one?.payloads.filter((payload) => payload.includes("ann@example.com"))).toEqual([]);
  });
});
