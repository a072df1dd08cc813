import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode } from "../../src/event/decode.ts";
import { RegularEvent } from "../../src/event/regular-event.ts";
import {
  documentedKeys,
  type KnownKey,
  knownKeys,
  place,
  undocumentedKeys,
} from "../../src/record/known-keys.ts";
import { quote } from "../../src/text/json-text.ts";
import { inPlace } from "../fake/in-place.ts";
import { origin } from "../format/arbitrary-event.ts";
import { textOnly } from "../format/text-only.ts";
import { lines } from "../layout/lines.ts";

const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };

function recordOf(line: Buffer | string) {
  const uid = "0123456789abcdef0123456789abcdef";
  return { seq: 1, source: "prod", uid, day: 0, bytes: Buffer.from(line), late: false, observed };
}

const start = '{"timestamp":"2026-08-01T13:12:14Z","action":"user:login"';

describe("a regular event", () => {
  it("is the event that decoding its record gives", () => {
    const event = new RegularEvent();
    let regular = 0;
    let escaped = 0;
    fc.assert(
      fc.property(lines, (line) => {
        const record = recordOf(line);
        const alone = event.read(record, origin);
        const text = alone && textOnly(event);
        for (const behind of ["", '"}', start]) {
          expect(event.read(inPlace(record, behind), origin)).toBe(alone);
          if (alone) expect(textOnly(event)).toEqual(text);
        }
        if (!event.read(record, origin)) return;
        regular += 1;
        const decoded = decode(record, origin);
        expect(textOnly(event)).toEqual(textOnly(decoded));
        for (const key of [...documentedKeys, ...undocumentedKeys].map((name) => place[name])) {
          expect(event.has(key)).toBe(decoded.asWritten?.has(key));
          // What was found to be the code is not copied but written.
          if (!event.has(key) || key === place.response_code) continue;
          expect(decoded.asWritten?.isCopyable(key)).toBe(event.isCopyable(key));
          expect(decoded.asWritten?.isCopyableInside(key)).toBe(event.isCopyable(key));
          if (!event.isCopyable(key)) {
            escaped += 1;
            const written = event.memory.toString("utf8", event.start(key), event.end(key));
            expect(`"${written}"`).toBe(quote(event.keys[knownKeys[key] as KnownKey] as string));
            continue;
          }
          expect([event.start(key) - event.from, event.end(key) - event.from]).toEqual([
            decoded.asWritten?.start(key),
            decoded.asWritten?.end(key),
          ]);
        }
        expect(decoded.asWritten?.copyable).toBe(event.escaped === 0);
        if (event.addressCopyable) expect(event.ips).toEqual([event.keys.actor_ip]);
      }),
      { numRuns: 10_000 },
    );
    expect(regular).toBeGreaterThan(200);
    expect(escaped).toBeGreaterThan(50);
  });

  it.each([
    ["an escape in what is no name", `${start},"actor_email":"a\\"b"}`],
    ["an escape that was not needed", `${start},"report_name":"a\\u0062"}`],
    ["a slash that is escaped", `${start},"report_name":"a\\/b"}`],
    ["an escape and a character that deceives", `${start},"report_name":"a\\"\u202eb"}`],
    ["an unknown key", `${start},"x":1}`],
    [
      "broken UTF-8",
      Buffer.concat([Buffer.from(`${start},"actor_email":"`), Buffer.from([0xff, 0x22, 0x7d])]),
    ],
    ["a character that deceives", `${start},"actor_email":"a\u202eb"}`],
    ["no time", '{"action":"user:login"}'],
    ["a time that is none", '{"timestamp":"yesterday","action":"user:login"}'],
    ["a time in digits", '{"timestamp":20260801,"action":"user:login"}'],
    ["no action", '{"timestamp":"2026-08-01T13:12:14Z"}'],
    ["an action between spaces", '{"timestamp":"2026-08-01T13:12:14Z","action":" user:login"}'],
    ["an action beyond ASCII", '{"timestamp":"2026-08-01T13:12:14Z","action":"é:login"}'],
    ["a code that is none", `${start},"response_code":99}`],
    ["a code as a text", `${start},"response_code":"200"}`],
    ["a list of addresses", `${start},"actor_ip":"1.2.3.4, 5.6.7.8"}`],
    ["an address with a port", `${start},"actor_ip":"1.2.3.4:80"}`],
    ["an address that is shown in another way", `${start},"actor_ip":"2001:DB8::1"}`],
    ["an address in digits", `${start},"actor_ip":7}`],
    ["a number beyond a double", `${start},"user_asset":9007199254740993}`],
    ["an error of the server", `${start},"audit_log_error":"lost"}`],
    ["white space", `${start}, "actor_email":"a"}`],
    ["something behind it", `${start}} `],
    ["a key twice", `${start},"action":"user:login"}`],
    ["something behind it", `${start}}x`],
    ["another one behind it", `${start}}${start}}`],
    ["no object", "[]"],
  ])("is not made of a record with %s", (_, line) => {
    expect(new RegularEvent().read(recordOf(line), origin)).toBe(false);
  });

  it("is not made of a faulty record, nor of one whose names must not be shown", () => {
    const record = recordOf(`${start}}`);
    expect(new RegularEvent().read(record, origin)).toBe(true);
    expect(new RegularEvent().read({ ...record, fault: "not_json" }, origin)).toBe(false);
    expect(new RegularEvent().read(record, { ...origin, anonymize: true })).toBe(false);
  });

  it("is what its record says now, where whoever owns that has written into it", () => {
    const event = new RegularEvent();
    const record = recordOf(`${start},"actor_email":"a@b"}`);
    expect(event.read(record, origin)).toBe(true);
    record.bytes.write("z", record.bytes.indexOf("a@b"));
    expect(event.read(record, origin)).toBe(true);
    expect(event.keys.actor_email).toBe("z@b");
    expect(new RegularEvent().read(record, origin)).toBe(true);
  });

  it("has another kind where a name is escaped, and that of others whose same name is", () => {
    const event = new RegularEvent();
    const kindOf = (name: string) => {
      expect(event.read(recordOf(`${start},"report_name":"${name}","project_name":"p"}`), origin)).toBe(true);
      return event.kind;
    };
    const escaped = kindOf('a \\"b\\"');
    expect(event.keys).toMatchObject({ report_name: 'a "b"', project_name: "p" });
    expect(kindOf("\\\\n")).toBe(escaped);
    expect(kindOf("n")).not.toBe(escaped);
  });

  it("has the kind of those that differ only in their values", () => {
    const event = new RegularEvent();
    const kindOf = (line: string, from = origin) => {
      expect(event.read(recordOf(line), from)).toBe(true);
      return event.kind;
    };
    const known = kindOf(`${start},"actor_email":"a","actor_user_id":1,"response_code":200}`);
    expect(kindOf(`${start},"actor_email":"bc","actor_user_id":23,"response_code":200}`)).toBe(known);
    for (const other of [
      `${start},"actor_email":"a","actor_user_id":1,"response_code":403}`,
      `${start},"actor_email":"a","actor_user_id":1}`,
      `${start},"actor_email":"a","user_asset":1,"response_code":200}`,
      `${start},"actor_email":"a","actor_user_id":"a","response_code":200}`,
      `${start},"actor_email":"a","actor_user_id":1,"response_code":200,"actor_ip":"1.2.3.4"}`,
      `${start},"actor_email":"a","actor_user_id":1,"response_code":200,"actor_ip":"::1"}`,
      `${start}_again","actor_email":"a","actor_user_id":1,"response_code":200}`.replace('login"_', "login_"),
    ])
      expect(kindOf(other)).not.toBe(known);
    const elsewhere = { ...origin, source: "other" };
    expect(kindOf(`${start},"actor_email":"a","actor_user_id":1,"response_code":200}`, elsewhere)).not.toBe(
      known,
    );
  });
});
