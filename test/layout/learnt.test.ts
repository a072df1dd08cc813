import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode } from "../../src/event/decode.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { type Encode, learnt } from "../../src/layout/learnt.ts";
import { ownPrefix } from "../../src/own/own-fact.ts";
import { ownOrigin } from "../../src/own/own-origin.ts";
import { withLabels } from "../../src/record/origin.ts";
import { constant, Writer } from "../../src/text/writer.ts";
import { inPlace } from "../fake/in-place.ts";
import { origin } from "../format/arbitrary-event.ts";
import { vectors } from "../format/vectors.ts";
import { facts } from "../own/facts.ts";
import { spooledFact } from "../own/own-event.ts";
import { allEncoders, learning } from "./encoders.ts";
import { lines, logs } from "./lines.ts";

const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };

function recordOf(bytes: Buffer, at: number) {
  const uid = at.toString(16).padStart(32, "0");
  return {
    seq: at + 1,
    source: "prod",
    uid,
    day: 0,
    bytes,
    late: false,
    observed: { ...observed, nanos: at },
  };
}

/** What `encode` makes of each line, and what it makes of it once it has learnt. */
function both(
  encode: Encode,
  all: readonly Buffer[],
  from = origin,
): { readonly plain: string[]; readonly fast: string[] } {
  const regular = new RegularEvent();
  const write = learnt(encode);
  const plain = all.map((bytes, at) => bytesOf(encode, decode(recordOf(bytes, at), from)));
  const fast = all.map((bytes, at) => {
    const alone = recordOf(bytes, at);
    // Some at the end of the memory, and some before others.
    const record = at % 3 === 0 ? alone : inPlace(alone, "next".repeat(at % 3));
    return bytesOf(write, regular.read(record, from) ? regular : decode(record, from));
  });
  return { plain, fast };
}

/** Behind something else, as in a batch. */
function bytesOf(encode: Encode, event: AuditEvent): string {
  const into = new Writer(16);
  into.constant(constant("before"));
  encode(event, into);
  return into.written().toString("latin1");
}

function vary(input: string, at: number): Buffer {
  return Buffer.from(input.replace('"actor_email":"a', `"actor_email":"a${at}`));
}

/** In these tags have a place. */
const tagged = new Set(["cef", "ecs", "cim", "json", "otlp", "ocsf", "hec cef", "elasticsearch"]);

describe.each([...allEncoders])("learnt, %s", (name, encode) => {
  it("writes the same bytes as what it learnt from", () => {
    fc.assert(
      fc.property(fc.array(lines, { minLength: 10, maxLength: 60 }), (all) => {
        const { plain, fast } = both(encode, all);
        expect(fast).toEqual(plain);
      }),
      { numRuns: 20 },
    );
  });

  it("does so of one kind, however its values differ from those that it learnt from", () => {
    fc.assert(
      fc.property(logs, (all) => {
        const { plain, fast } = both(encode, all);
        expect(fast).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  it("does so for every golden case, met again and again", () => {
    const all = vectors.flatMap(({ input }) => Array.from({ length: 6 }, (_, at) => vary(input, at)));
    const { plain, fast } = both(encode, all);
    expect(fast).toEqual(plain);
  });

  it("does so of one kind whose values are as long as may be, and whose uids are none", () => {
    const lengths = [1, 5, 6, 7, 127, 128, 400, 16_200, 16_383, 16_384, 16_385, 40_000, 64_000, 66_000];
    const line = (length: number, at: number) =>
      Buffer.from(
        `{"timestamp":"2026-08-01T13:12:14Z","action":"user:login","actor_email":"${String(at % 2).repeat(length)}","entity_asset":"${"YQ==".repeat(at)}"}`,
      );
    const all = [...lengths, ...lengths].map(line);
    const { plain, fast } = both(encode, all);
    expect(fast).toEqual(plain);
    const regular = new RegularEvent();
    const write = learnt(encode);
    for (const [at, uid] of ["", "", "", "", "u1", "0123456789ABCDEF0123456789ABCDEF", ""].entries()) {
      const record = recordOf(line(10, at), at);
      const named = uid === "" ? record : { ...record, uid };
      expect(regular.read(named, origin)).toBe(true);
      expect(bytesOf(write, regular)).toBe(bytesOf(encode, decode(named, origin)));
    }
  });

  it("does so where some records were found late, and says so of those alone", () => {
    const regular = new RegularEvent();
    const write = learnt(encode);
    for (let at = 0; at < 24; at += 1) {
      const record = { ...recordOf(vary(vectors[0]?.input ?? "", at % 3), at), late: at % 3 === 1 };
      expect(regular.read(record, origin)).toBe(true);
      const fast = bytesOf(write, regular);
      expect(fast).toBe(bytesOf(encode, decode(record, origin)));
      if (tagged.has(name)) expect(fast.includes("wandb_late")).toBe(record.late);
    }
  });

  it("does so where the output has labels", () => {
    const from = withLabels(origin, [["tenant", 'a "b" = ]']]);
    fc.assert(
      fc.property(logs, (all) => {
        const { plain, fast } = both(encode, all, from);
        expect(fast).toEqual(plain);
      }),
      { numRuns: 20 },
    );
  });

  it("does so for our own events among those of W&B, also where W&B's have our actions", () => {
    const regular = new RegularEvent();
    const write = learnt(encode);
    for (let round = 0; round < 6; round++)
      for (const { input } of vectors.slice(0, 4)) {
        const own = Object.values(facts).map((fact) => spooledFact(fact, { seq: round + 1 }));
        const wandb = recordOf(vary(input, round), round);
        const forged = recordOf(
          Buffer.from(`{"timestamp":"2026-08-01T13:12:14Z","action":"${ownPrefix}output_held"}`),
          round,
        );
        for (const [record, from] of [
          ...own.map((each) => [each, ownOrigin] as const),
          [wandb, origin] as const,
          [forged, origin] as const,
        ]) {
          const fast = bytesOf(write, regular.read(record, from) ? regular : decode(record, from));
          expect(fast).toBe(bytesOf(encode, decode(record, from)));
        }
      }
  });

  it.runIf(learning.includes(name))("asks no more how the events of a common kind are written", () => {
    let asked = 0;
    const counting: Encode = (event, into) => {
      asked += 1;
      encode(event, into);
    };
    const line = (at: number) =>
      Buffer.from(
        `{"timestamp":"2026-08-01T13:12:${10 + (at % 50)}Z","action":"artifact:read","actor_user_id":${at + 1},"response_code":200,"actor_ip":"203.0.113.${at}","cli_version":"0.21.${at}","actor_email":"a${at}@example.com","artifact_asset":${10_000 + at},"artifact_digest":"6f1e","artifact_qualified_name":"team/x/y:v${at}","entity_asset":77,"entity_name":"vision","project_asset":53,"project_name":"p${at}"}`,
      );
    const report = (at: number) =>
      Buffer.from(
        `{"timestamp":"2026-08-01T13:12:${10 + (at % 50)}Z","action":"report:read","actor_user_id":${at + 1},"response_code":200,"report_asset":${3_300 + at},"report_name":"r${at}","project_asset":53}`,
      );
    const escaped = (at: number) =>
      Buffer.from(report(at).toString().replace(`"r${at}"`, `"an \\"r${at}\\""`));
    for (const [from, one] of [
      [origin, line],
      [withLabels(origin, [["tenant", "acme"]]), line],
      [origin, report],
      [origin, escaped],
    ] as const) {
      const all = Array.from({ length: 40 }, (_, at) => one(at));
      const regular = new RegularEvent();
      const write = learnt(counting);
      asked = 0;
      for (const [at, bytes] of all.entries()) {
        expect(regular.read(recordOf(bytes, at), from)).toBe(true);
        write(regular, new Writer());
      }
      expect(asked).toBe(4);
    }
  });
});

describe("learnt", () => {
  const all = Array.from({ length: 12 }, (_, at) =>
    Buffer.from(`{"timestamp":"2026-08-01T13:12:14Z","action":"user:login","actor_email":"a${at % 3}"}`),
  );

  it("does not learn what is written from texts, whatever the first events have in common", () => {
    const encode: Encode = (event, into) => into.text(event.keys.actor_email ?? "");
    const alike = Array.from({ length: 6 }, () => all[0] as Buffer);
    const { plain, fast } = both(encode, [...alike, ...all]);
    expect(fast).toEqual(plain);
  });

  it("does not rely on what an encoder wrongly calls the same for all", () => {
    const encode: Encode = (event, into) => into.fixed(event.keys.actor_email ?? "");
    const { plain, fast } = both(encode, all);
    expect(fast).toEqual(plain);
  });

  it("writes no event after another was read, of which the kernel has the values", () => {
    const write = learnt((event, into) => into.text(event.keys.actor_email ?? ""));
    const [one, other] = [new RegularEvent(), new RegularEvent()];
    const written = (event: RegularEvent) => {
      const into = new Writer();
      write(event, into);
      return into.toText();
    };
    for (let round = 0; round < 5; round++) {
      expect(one.read(recordOf(all[1] as Buffer, 1), origin)).toBe(true);
      expect(written(one)).toBe("a1");
      expect(other.read(recordOf(all[2] as Buffer, 2), origin)).toBe(true);
      expect(() => written(one)).toThrow("after another was read");
      expect(written(other)).toBe("a2");
      // Nor after something was read that is no such event.
      expect(one.read(recordOf(Buffer.from("{}"), 3), origin)).toBe(false);
      expect(() => written(other)).toThrow("after another was read");
    }
  });

  it("goes on when an encoder throws", () => {
    const write = learnt((event, into) => {
      into.fixed("half");
      if (event.uid.endsWith("1")) throw new Error("no");
      into.fixed("whole");
    });
    const regular = new RegularEvent();
    const into = new Writer();
    for (const [at, bytes] of all.entries()) {
      regular.read(recordOf(bytes, at), origin);
      into.clear();
      if (at === 1) expect(() => write(regular, into)).toThrow("no");
      else {
        write(regular, into);
        expect(into.toText()).toBe("halfwhole");
      }
    }
  });
});
